// How a report's numbers read, the same on the page and on the terminal.
import type { Estimate, Hyperparameter, ParamValue, Report, Task, VerdictKind } from '@goldilocks/protocol';
import { hyperparameterNames } from '../plan/hyperparameters.js';
import { valueText } from './evidence.js';
import { list, loss, percent, plain, significant } from './numbers.js';

export const verdictWords: Record<VerdictKind, string> = {
  'just-right': 'just right',
  'one-side': 'one edge seen',
  'no-effect-seen': 'no difference',
  uncertain: 'can’t tell yet',
  'not-tested': 'not tested',
};

/** Choices have no edges. */
export function verdictText({ verdict, scale }: Pick<Hyperparameter, 'verdict' | 'scale'>): string {
  return verdict === 'one-side' && scale === 'choice' ? 'some are worse' : verdictWords[verdict];
}

/** Shapes besides colours. */
export const verdictMarks: Record<VerdictKind, string> = {
  'just-right': '●',
  'one-side': '◐',
  'no-effect-seen': '≈',
  uncertain: '?',
  'not-tested': '–',
};

const sureWords: Record<Hyperparameter['confidence'], string> = {
  high: 'the trials show it',
  medium: 'the trials suggest it',
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

type Zoned = Pick<Hyperparameter, 'zone' | 'verdict' | 'evidence'>;

/** `6.4e-4 to 2.3e-3`; a side without an edge says how far was tried: `4 and up (tried to 6)`; `open (0 to 0.2 tried)`. */
export function zoneText({ zone, verdict, evidence }: Zoned): string {
  if (!zone || verdict === 'not-tested') return '—';
  if ('choices' in zone) return choicesText(zone.choices, verdict, evidence);
  const { low, high } = zone;
  const range = low === high ? plain(low) : `${plain(low)} to ${plain(high)}`;
  if (verdict === 'no-effect-seen') return `any, ${range}`;
  if (verdict === 'uncertain') return `open (${range} tried)`;
  if (verdict === 'just-right' || (evidence.tooLittle && evidence.tooMuch)) return range;
  return evidence.tooLittle
    ? `${plain(low)} and up (tried to ${plain(significant(high, 2))})`
    : `up to ${plain(high)} (tried from ${plain(significant(low, 2))})`;
}

function choicesText(choices: ParamValue[], verdict: VerdictKind, { otherChoices }: Zoned['evidence']): string {
  const behind = otherChoices.map(({ beyond }) => beyond);
  const even = list(choices.filter((choice) => !behind.includes(choice)).map(valueText));
  if (verdict === 'uncertain') return `open (${choices.length} choices tried)`;
  return verdict === 'no-effect-seen' ? `any of ${even}` : even;
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
