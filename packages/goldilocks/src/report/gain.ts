// What brought the gain: from the recommended to the found settings, by the study's model of the search.
import type { Gain, ReportTrial } from '@goldilocks/protocol';
import { ablation } from '@goldilocks/study';
import type { SearchedParameter } from './axis-scale.js';
import { valueText } from './evidence.js';
import { loss } from './numbers.js';
import { studyTrials } from './study-trials.js';
import { capital, nameText } from './text.js';

export interface GainInput {
  parameters: readonly SearchedParameter[];
  trials: readonly ReportTrial[];
  /** The trial whose settings are delivered; 0 has the recommended ones. */
  winner: number;
  objective: { title: string; direction: 'minimize' | 'maximize' };
}

/** As for the verdicts. */
const fewestTrials = 4;

/** Null where nothing differs, or too few trials were measured. */
export function gainOf({ parameters, trials, winner, objective }: GainInput): Gain | null {
  const { trials: known, shares } = studyTrials(parameters, trials);
  const isComplete = (wanted: number) => known.some(({ number, state }) => number === wanted && state === 'COMPLETE');
  if (winner === 0 || known.length < fewestTrials || !isComplete(0) || !isComplete(winner)) return null;
  const { total, changes } = ablation(known, { direction: objective.direction, from: 0, to: winner, shares });
  const named = changes.map(({ name, from, to, ...brought }) => ({
    name,
    title: capital(nameText(name)),
    from: from as Gain['changes'][number]['from'],
    to: to as Gain['changes'][number]['to'],
    ...brought,
  }));
  return { total, changes: named, sentence: gainSentence(named, total, objective.title) };
}

/** A change is named as a cause only where the trials are this sure of it. */
const sure = 0.95;

function gainSentence(changes: Gain['changes'], total: Gain['total'], title: string): string {
  const causes = changes.filter(({ probabilityBetter }) => probabilityBetter >= sure);
  const whole = `By the trials of the search, the found settings are better in ${title} by ${range(total)}.`;
  if (causes.length === 0) return `${whole} Which of the ${changes.length} changes brought it can’t be told yet.`;
  const named = causes.map(({ name, to, mean }) => `${nameText(name)} ${valueText(to)} (${signed(mean)})`);
  const rest = changes.length > causes.length ? ' What the others brought can’t be told yet.' : '';
  return `${whole} What surely helped: ${named.join(', ')}.${rest}`;
}

/** `0.037 (90 % between 0.011 and 0.062)`. */
function range({ mean, low, high }: Gain['total']): string {
  return `${loss(mean)} (90 % between ${loss(low)} and ${loss(high)})`;
}

export const signed = (value: number) => (value > 0 ? `+${loss(value)}` : loss(value).replace('-', '−'));

/** In words what the trials know of a change. */
export function changeVerdict({ probabilityBetter }: Gain['changes'][number]): string {
  if (probabilityBetter >= sure) return 'helped';
  return probabilityBetter <= 1 - sure ? 'harmed' : 'can’t tell yet';
}
