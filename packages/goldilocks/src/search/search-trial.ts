// A trial of the search, read from the study's record of it.
import type { FrozenTrial, Params } from '@goldilocks/study';
import { rungOfStep, topRung } from './rungs.js';

/** `paused` waits at a rung (or before the first) with its checkpoint; `pruned` was left there when the search ended. */
export type SearchTrialState = 'paused' | 'complete' | 'pruned' | 'failed';

export interface SearchTrial {
  readonly id: number;
  readonly number: number;
  readonly params: Params;
  readonly state: SearchTrialState;
  /** The objective at each rung reached, the lowest first. Smaller is better. */
  readonly values: readonly number[];
  /** Wall time so far. */
  readonly seconds: number;
  /** Why it failed or was left. */
  readonly reason: string;
  /** Null unless it failed. */
  readonly failure: string | null;
}

/** The user attributes a trial carries, beside its parameters and intermediate values. */
export const trialAttributes = {
  seconds: 'seconds',
  reason: 'reason',
  failureKind: 'failure_kind',
  settings: 'settings',
  subset: 'subset_share',
  /** Loss on the reference text of a whole run; at every rung where what is forgotten counts. */
  referenceLoss: 'reference_loss',
} as const;

export function readTrial(frozen: FrozenTrial): SearchTrial {
  const values: number[] = [];
  for (const [step, value] of frozen.intermediateValues) {
    const rung = rungOfStep(step);
    if (rung !== undefined) values[rung] = value;
  }
  const { seconds, reason, [trialAttributes.failureKind]: failure } = frozen.userAttributes;
  return {
    id: frozen.id,
    number: frozen.number,
    params: frozen.params,
    state: stateOf(frozen),
    values,
    seconds: typeof seconds === 'number' ? seconds : 0,
    reason: typeof reason === 'string' ? reason : '',
    failure: typeof failure === 'string' ? failure : null,
  };
}

function stateOf(frozen: FrozenTrial): SearchTrialState {
  if (frozen.state === 'COMPLETE') return 'complete';
  if (frozen.state === 'PRUNED') return 'pruned';
  return frozen.state === 'FAIL' ? 'failed' : 'paused';
}

/** The last value measured; undefined before the first rung. */
export function lastValue(trial: SearchTrial): number | undefined {
  return trial.values[trial.values.length - 1];
}

/** The rung a trial works towards; the top one for a trial that is done. */
export function nextRung(trial: SearchTrial): number {
  return Math.min(trial.values.length, topRung);
}
