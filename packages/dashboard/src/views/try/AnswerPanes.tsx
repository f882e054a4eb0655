// Both answers, with what the tuned model says differently.
import { diffWords } from 'diff';
import { Failure } from '../../components/states.js';
import { duration } from '../../format.js';
import { text } from '../../text.js';
import type { Pane, Panes } from './useAnswers.js';

interface Props {
  panes: Panes;
  error: Error | null;
  busy: boolean;
  expected: string;
}

export function AnswerPanes({ panes, error, busy, expected }: Props) {
  if (error) return <Failure error={error} />;
  const { base, tuned } = panes;
  if (!base && !tuned && !busy) return null;
  const bothDone = base?.seconds != null && tuned?.seconds != null;
  return (
    <section className="stack tight" aria-busy={busy}>
      <div className="halves">
        <AnswerPane title={text.try.base} tone="base" pane={base} busy={busy}>
          {base?.text}
        </AnswerPane>
        <AnswerPane title={text.try.tuned} tone="found" pane={tuned} busy={busy}>
          {bothDone ? <Difference from={base.text} to={tuned.text} /> : tuned?.text}
        </AnswerPane>
      </div>
      {bothDone && <p className="hint">{text.try.differences}</p>}
      {expected && (
        <div className="card answer" style={{ '--tone': 'var(--good)' } as React.CSSProperties}>
          <span className="label">{text.try.expected}</span>
          <p className="pre">{expected}</p>
        </div>
      )}
    </section>
  );
}

interface PaneProps {
  title: string;
  tone: string;
  pane: Pane | undefined;
  busy: boolean;
  children: React.ReactNode;
}

function AnswerPane({ title, tone, pane, busy, children }: PaneProps) {
  return (
    <article className="card answer" style={{ '--tone': `var(--${tone})` } as React.CSSProperties}>
      <h3>{title}</h3>
      {pane && (
        <p className="tiny muted">
          {[
            pane.name,
            pane.hash && text.try.checksum(pane.hash.slice(0, 12)),
            pane.seconds !== null && text.try.took(duration(pane.seconds)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
      <div className="pre body" tabIndex={0} role="log" aria-label={title}>
        {children || (busy ? <span className="muted">{text.try.waiting}</span> : '')}
      </div>
    </article>
  );
}

function Difference({ from, to }: { from: string; to: string }) {
  return diffWords(from, to)
    .filter(({ removed }) => !removed)
    .map(({ added, value }, i) => (added ? <ins key={i}>{value}</ins> : <span key={i}>{value}</span>));
}
