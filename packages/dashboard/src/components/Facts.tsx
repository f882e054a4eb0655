// Small parts: facts as name and value, tiles with a big number, pills, code to copy.
import { type ReactNode, useState } from 'react';
import { text } from '../text.js';
import { Button } from './Button.js';
import { Icon } from './Icon.js';

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export type Tone = 'base' | 'recommended' | 'found' | 'good';

export function Tile({
  title,
  tone,
  children,
  below,
}: {
  title: string;
  tone?: Tone;
  children: ReactNode;
  below?: ReactNode;
}) {
  return (
    <dl className={`tile ${tone ? `tone-${tone}` : ''}`}>
      <dt>{title}</dt>
      <dd className="big">{children}</dd>
      {below && <dd className="small muted">{below}</dd>}
    </dl>
  );
}

export type PillLook = 'good' | 'blue' | 'warm' | 'bad' | 'outline' | '';

export function Pill({ look = '', live, children }: { look?: PillLook; live?: boolean; children: ReactNode }) {
  return <span className={`pill ${look} ${live ? 'pulse' : ''}`}>{children}</span>;
}

export function Meter({ share, label }: { share: number; label: string }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return (
    <div
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}

export function Code({ children, label }: { children: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(children).then(() => setCopied(true));
  return (
    <div className="stack tight">
      <pre tabIndex={0} aria-label={label} role="region">
        {children}
      </pre>
      <div className="row">
        <Button look="compact" onPress={copy}>
          <Icon name="copy" />
          {text.copy}
        </Button>
        <span role="status" className="small muted">
          {copied ? text.copied : ''}
        </span>
      </div>
    </div>
  );
}
