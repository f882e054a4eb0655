/** Repeats over seeds: trials with the same parameters are runs of one configuration, told apart by their seed. */

import { formatJson, type JsonValue } from '../json.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { FIXED_PARAMS_KEY } from '../trial/trial.js';

/** User attribute of a trial: the seed it was run with. Trials of the same seed are compared with each other in pairs. */
export const SEED_KEY = 'seed';

/** Trials with the same parameters. */
export interface Configuration {
  /** Its first trial, by whose number it goes. */
  readonly trial: FrozenTrial;
  /** All of them, the first among them, in the order of their numbers. */
  readonly runs: readonly FrozenTrial[];
}

/** The seed of a trial; undefined when it has none. */
export function seedOf(trial: FrozenTrial): JsonValue | undefined {
  return trial.userAttributes[SEED_KEY];
}

/** The trials grouped by their parameters, in the order of their first trials; each without parameters is alone. */
export function configurationsOf(trials: readonly FrozenTrial[]): Configuration[] {
  const groups = new Map<string, FrozenTrial[]>();
  for (const trial of trials) {
    const params = Object.entries(paramsOf(trial)).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = params.length > 0 ? formatJson(params) : `${trial.number}`;
    const group = groups.get(key);
    if (group) group.push(trial);
    else groups.set(key, [trial]);
  }
  return Array.from(groups.values(), (runs) => ({ trial: runs[0]!, runs }));
}

/** Those of a trial that still waits are what it was enqueued with. */
function paramsOf({ state, params, systemAttributes }: FrozenTrial): Params {
  return state === 'WAITING' ? ((systemAttributes[FIXED_PARAMS_KEY] ?? params) as Params) : params;
}

export interface MeanTrials {
  readonly trials: readonly FrozenTrial[];
  /** How many measurements the value of each of these trials is the mean of. */
  readonly measurements: (trial: FrozenTrial) => number;
}

/**
 * One complete trial for each configuration that has any, its first one with the mean of their values: as a Gaussian
 * process needs them, with `measurements` for its noise.
 * @param measurements of a single trial. Default 1.
 */
export function meanTrials(
  trials: readonly FrozenTrial[],
  measurements: (trial: FrozenTrial) => number = () => 1,
): MeanTrials {
  const counts = new Map<number, number>();
  const means = configurationsOf(trials.filter(({ state }) => state === 'COMPLETE')).map(({ trial, runs }) => {
    const weights = runs.map((run) => Math.max(1, measurements(run)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    counts.set(trial.number, total);
    const values = trial.values!.map((_, i) =>
      runs.reduce((sum, run, row) => sum + (weights[row]! * run.values![i]!) / total, 0),
    );
    return { ...trial, values };
  });
  return { trials: means, measurements: ({ number }) => counts.get(number) ?? 1 };
}
