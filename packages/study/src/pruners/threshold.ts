/** Prunes a trial whose report leaves a fixed range, e.g. a loss that has exploded. */

import { InvalidOptionError } from '../errors.js';
import { lastStep } from '../trial/frozen-trial.js';
import { isFirstInInterval } from './interval.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';

export interface ThresholdOptions {
  /** Reports below are pruned. At least one of `lower` and `upper` is needed. */
  readonly lower?: number;
  /** Reports above are pruned. */
  readonly upper?: number;
  /** No trial is pruned before this step. Default 0. */
  readonly warmupSteps?: number;
  /** Decide only at the first report in each interval of this many steps. Default 1. */
  readonly intervalSteps?: number;
}

/** Looks at the last report only, whatever the direction of the study; NaN is out of every range. */
export class ThresholdPruner implements Pruner {
  readonly #options: Required<ThresholdOptions>;

  /** @throws InvalidOptionError */
  constructor(options: ThresholdOptions) {
    const { lower, upper, warmupSteps = 0, intervalSteps = 1 } = options;
    if (lower === undefined && upper === undefined) invalid('neither lower nor upper is given; give at least one');
    for (const bound of [lower, upper]) if (Number.isNaN(bound)) invalid('a bound is NaN; give a number');
    if (lower !== undefined && upper !== undefined && lower > upper)
      invalid(`lower ${lower} is above upper ${upper}; exchange them`);
    if (!(warmupSteps >= 0)) invalid(`warmupSteps is ${warmupSteps}; give a number ≥ 0`);
    if (!(intervalSteps >= 1)) invalid(`intervalSteps is ${intervalSteps}; give a number ≥ 1`);
    this.#options = {
      lower: lower ?? Number.NEGATIVE_INFINITY,
      upper: upper ?? Number.POSITIVE_INFINITY,
      warmupSteps,
      intervalSteps,
    };
  }

  decide({ trial }: PruningContext): PruningDecision {
    const { lower, upper, warmupSteps, intervalSteps } = this.#options;
    const step = lastStep(trial);
    if (step === null || step < warmupSteps) return { prune: false };
    if (!isFirstInInterval(step, trial.intermediateValues.keys(), warmupSteps, intervalSteps)) return { prune: false };
    const value = trial.intermediateValues.get(step)!;
    return { prune: !(value >= lower && value <= upper) };
  }
}

function invalid(what: string): never {
  throw new InvalidOptionError(`ThresholdPruner: ${what}.`);
}
