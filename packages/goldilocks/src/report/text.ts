// How a report's numbers read, the same on the page and on the terminal.
import type { Estimate, Hyperparameter, ParamValue, Report, Task, VerdictKind, Zone } from '@goldilocks/protocol';
import { hyperparameterNames } from '../plan/hyperparameters.js';
import { valueText } from './evidence.js';
import { list, loss, percent, plain } from './numbers.js';

export const verdictWords: Record<VerdictKind, string> = {
  'just-right': 'just right',
  'one-side': 'one side tested',
  'no-effect-seen': 'no effect seen',
  uncertain: 'not clear',
  'not-tested': 'not tested',
};

/** Shapes besides colours. */
export const verdictMarks: Record<VerdictKind, string> = {
  'just-right': '●',
  'one-side': '◐',
  'no-effect-seen': '≈',
  uncertain: '?',
  'not-tested': '–',
};

const sureWords: Record<Hyperparameter['confidence'], string> = {
  high: 'sure',
  medium: 'fairly sure',
  low: 'a hint only',
  none: '',
};

export function metricText(value: number, { metric }: Pick<Task, 'metric'>): string {
  return metric.percent ? percent(value) : value.toFixed(3);
}

/** `86.1 % (79.6 % to 92.6 %)`: the value with its 95 % interval. */
export function estimateText(estimate: Estimate, write: (value: number) => string): string {
  const { value, low, high } = estimate;
  return low === null || high === null ? write(value) : `${write(value)} (${write(low)} to ${write(high)})`;
}

/** What a report calls its main number: the task's metric where every model has one, else the loss on the test examples. */
export function mainScore({ task, scores }: Pick<Report, 'task' | 'scores'>) {
  const { base, recommended, found } = scores;
  if (base.metric && recommended.metric && found.metric) {
    const write = (value: number) => metricText(value, task);
    return { title: task.metric.title, write, base: base.metric, recommended: recommended.metric, found: found.metric };
  }
  return { title: 'loss', write: loss, base: base.loss, recommended: recommended.loss, found: found.loss };
}

/** `6.4e-4 to 2.3e-3`; a side without evidence is left open: `4.4 and up`, `up to 0.1`, `all of 4 to 64`. */
export function zoneText(zone: Zone | null): string {
  if (!zone) return '—';
  if ('choices' in zone) return list(zone.choices.map(valueText));
  const { low, high, lowClosed, highClosed } = zone;
  if (low === high) return plain(low);
  if (lowClosed === highClosed) return `${lowClosed ? '' : 'all of '}${plain(low)} to ${plain(high)}`;
  return lowClosed ? `${plain(low)} and up` : `up to ${plain(high)}`;
}

/** `learning rate` for `learningRate`; names it does not know stay as they are. */
export function nameText(name: string): string {
  const known: Record<string, string | undefined> = hyperparameterNames;
  return (Object.hasOwn(known, name) ? known[name] : undefined) ?? name;
}

/** `1 layer`, `2 layers`; nothing for a bare number. */
export function unitText(unit: string, value: ParamValue): string {
  return value === 1 ? unit.replace(/s$/, '') : unit;
}

/** How sure the verdict is, in words; nothing where it claims nothing. */
export function sureText({ verdict, confidence }: Pick<Hyperparameter, 'verdict' | 'confidence'>): string {
  return verdict === 'uncertain' ? '' : sureWords[confidence];
}

export function changeText(from: unknown, to: unknown): string {
  return from === to ? 'as recommended' : `recommended ${valueText(from as never)}`;
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
