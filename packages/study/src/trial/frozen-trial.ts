/** A trial as it stood at one moment: a value, never changed after it is made. */

import type { Distribution } from '../distributions/distribution.js';
import type { JsonValue } from '../json.js';

export type TrialState = 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL' | 'WAITING';
export type FinishedState = Exclude<TrialState, 'RUNNING' | 'WAITING'>;
export type Direction = 'minimize' | 'maximize';
export type Attributes = Readonly<Record<string, JsonValue>>;
export type Params = Readonly<Record<string, JsonValue>>;

/**
 * A snapshot of a trial. `values` holds one number for each objective (never NaN), or is null. The keys of
 * `intermediateValues` are steps; values may be NaN or infinite. Numbers count from 0 within a study, without gaps;
 * ids are the storage's and grow with time.
 */
export interface FrozenTrial {
  readonly id: number;
  readonly number: number;
  readonly state: TrialState;
  readonly values: readonly number[] | null;
  readonly params: Params;
  readonly distributions: Readonly<Record<string, Distribution>>;
  readonly intermediateValues: ReadonlyMap<number, number>;
  readonly userAttributes: Attributes;
  readonly systemAttributes: Attributes;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** What a trial may already hold when it is added to a study. */
export type TrialTemplate = Partial<Omit<FrozenTrial, 'id' | 'number'>> & { readonly state: TrialState };

export function isFinished(state: TrialState): state is FinishedState {
  return state !== 'RUNNING' && state !== 'WAITING';
}

/** The largest step reported so far, or null. */
export function lastStep(trial: Pick<FrozenTrial, 'intermediateValues'>): number | null {
  let last: number | null = null;
  for (const step of trial.intermediateValues.keys()) if (last === null || step > last) last = step;
  return last;
}
