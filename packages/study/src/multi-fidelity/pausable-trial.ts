/** A trial that may pause, as the study's record of it says. */

import type { JsonValue } from '../json.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { stepOfShare } from './shares.js';

/**
 * Where a paused or worked-on trial stands. To Optuna it is RUNNING. It gives no heartbeats, so that nobody takes it for
 * lost while it waits; its worker counts `beat` up instead.
 */
export const STANDING_KEY = 'multi_fidelity';

export type Standing =
  | { readonly paused: number }
  | { readonly worker: string; readonly beat: number; readonly to: number };

export interface PausableTrial {
  readonly id: number;
  readonly number: number;
  readonly params: Params;
  /** `paused` waits, also before its first share; `working` has a worker; the others have ended. */
  readonly state: 'paused' | 'working' | 'complete' | 'pruned' | 'failed';
  /** Its values at the search's shares that it has reached, the first first; undefined where it was not measured. */
  readonly values: readonly (number | undefined)[];
  /** The last share reached, or 0. */
  readonly share: number;
  /** Seconds spent, as far as they were told. */
  readonly seconds: number;
  readonly frozen: FrozenTrial;
}

/** A trial's seconds of work, beside its parameters and reports. */
export const SECONDS_KEY = 'seconds';

/** The trials that have been started, by number; those whose parameters are not known yet are left out. */
export function pausableTrials(trials: readonly FrozenTrial[], shares: readonly number[]): PausableTrial[] {
  return trials
    .filter(({ state, params }) => state !== 'WAITING' && Object.keys(params).length > 0)
    .map((frozen) => readPausable(frozen, shares));
}

export function readPausable(frozen: FrozenTrial, shares: readonly number[]): PausableTrial {
  const values = valuesAt(frozen, shares);
  const seconds = frozen.userAttributes[SECONDS_KEY];
  return {
    id: frozen.id,
    number: frozen.number,
    params: frozen.params,
    state: stateOf(frozen),
    values,
    share: values.length === 0 ? 0 : shares[values.length - 1]!,
    seconds: typeof seconds === 'number' ? seconds : 0,
    frozen,
  };
}

/** A complete trial told its value without reports has it at the end; a pruned one's is that of its last report. */
function valuesAt(trial: FrozenTrial, shares: readonly number[]): (number | undefined)[] {
  const end = trial.state === 'COMPLETE' ? trial.values?.[0] : undefined;
  const found = shares.map(
    (share) => trial.intermediateValues.get(stepOfShare(share)) ?? (share === 1 ? end : undefined),
  );
  return found.slice(0, found.findLastIndex((value) => value !== undefined) + 1);
}

function stateOf(frozen: FrozenTrial): PausableTrial['state'] {
  if (frozen.state === 'COMPLETE') return 'complete';
  if (frozen.state === 'PRUNED') return 'pruned';
  if (frozen.state === 'FAIL') return 'failed';
  return isWorking(standingOf(frozen)) ? 'working' : 'paused';
}

export function standingOf({ systemAttributes }: FrozenTrial): Standing | undefined {
  return systemAttributes[STANDING_KEY] as Standing | undefined;
}

export function isWorking(standing: Standing | undefined): standing is Extract<Standing, { worker: string }> {
  return standing !== undefined && 'worker' in standing;
}

/** A standing as an attribute. */
export function storedStanding(standing: Standing): JsonValue {
  return { ...standing };
}
