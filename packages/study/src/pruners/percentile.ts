/** Prunes a trial whose best report so far is worse than a percentile of the other trials' reports at the same step. */

import { InvalidOptionError } from '../errors.js';
import { lastStep } from '../trial/frozen-trial.js';
import { isFirstInInterval } from './interval.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';

export interface PercentileOptions {
  /** Complete trials before any is pruned. Default 5. */
  readonly startupTrials?: number;
  /** No trial is pruned before this step. Default 0. */
  readonly warmupSteps?: number;
  /** Decide only at the first report in each interval of this many steps. Default 1. */
  readonly intervalSteps?: number;
  /** Reports of others at the step that are needed to decide. Default 1. */
  readonly minTrials?: number;
}

export class PercentilePruner implements Pruner {
  readonly #percentile: number;
  readonly #options: Required<PercentileOptions>;

  /**
   * @param percentile share in percent, 0 to 100, of the best trials to keep
   * @throws InvalidOptionError
   */
  constructor(percentile: number, options: PercentileOptions = {}) {
    const { startupTrials = 5, warmupSteps = 0, intervalSteps = 1, minTrials = 1 } = options;
    if (!(percentile >= 0 && percentile <= 100)) invalid('percentile', percentile, 'a number from 0 to 100');
    if (!(startupTrials >= 0)) invalid('startupTrials', startupTrials, 'a number ≥ 0');
    if (!(warmupSteps >= 0)) invalid('warmupSteps', warmupSteps, 'a number ≥ 0');
    if (!(intervalSteps >= 1)) invalid('intervalSteps', intervalSteps, 'a number ≥ 1');
    if (!(minTrials >= 1)) invalid('minTrials', minTrials, 'a number ≥ 1');
    this.#percentile = percentile;
    this.#options = { startupTrials, warmupSteps, intervalSteps, minTrials };
  }

  decide({ trial, trials, direction }: PruningContext): PruningDecision {
    const { startupTrials, warmupSteps, intervalSteps, minTrials } = this.#options;
    const complete = trials.filter(({ state }) => state === 'COMPLETE');
    const step = lastStep(trial);
    if (complete.length === 0 || complete.length < startupTrials) return { prune: false };
    if (step === null || step < warmupSteps) return { prune: false };
    if (!isFirstInInterval(step, trial.intermediateValues.keys(), warmupSteps, intervalSteps)) return { prune: false };
    const sign = direction === 'minimize' ? 1 : -1;
    const own = [...trial.intermediateValues.values()].filter((value) => !Number.isNaN(value));
    if (own.length === 0) return { prune: true };
    const others = complete.flatMap(({ intermediateValues }) => intermediateValues.get(step) ?? []);
    if (others.length < minTrials) return { prune: false };
    const bar = percentile(
      others.map((value) => sign * value),
      this.#percentile,
    );
    return { prune: Math.min(...own.map((value) => sign * value)) > bar };
  }
}

/** Linear interpolation between the two nearest ranks, NaN left out; NaN when nothing else is there. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return Number.NaN;
  const rank = (percent / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}

function invalid(name: string, value: number, expected: string): never {
  throw new InvalidOptionError(`PercentilePruner: ${name} is ${value}; give ${expected}.`);
}
