/**
 * PED-ANOVA (Watanabe et al., arXiv:2304.10255; conditional parameters: arXiv:2601.20800): how much each parameter's
 * distribution among the best trials differs from that among all.
 */

import type { Distribution } from '../distributions/distribution.js';
import { formatDistribution } from '../distributions/optuna-json.js';
import { isSingle } from '../distributions/representation.js';
import { InvalidOptionError } from '../errors.js';
import { own } from '../json.js';
import { Observations } from '../samplers/tpe/observations.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { gridDensity } from './grid-density.js';

export interface PedAnovaOptions {
  /** Of the values that `target` gives. Default `minimize`. */
  readonly direction?: Direction;
  /** The number to judge a complete trial by. Default: its first value. */
  readonly target?: (trial: FrozenTrial) => number;
  /**
   * Of several objectives, in place of `direction` and `target`: the best trials are then the first fronts, so that what
   * matters is what leads to any part of the front.
   */
  readonly directions?: readonly Direction[];
  /** Share of trials that count as best. Default 0.1; at least five trials should be among them. */
  readonly targetQuantile?: number;
  /** Share of trials they are compared with. Default 1. */
  readonly regionQuantile?: number;
  /** Compare with what was tried; false: with the whole search space. Default true. */
  readonly evaluateOnLocal?: boolean;
  /** Parameters to judge. Default: all that complete trials have. */
  readonly params?: readonly string[];
  /** Scale the importances to sum to 1. Default true. */
  readonly normalize?: boolean;
}

/** Fewer trials of one kind of distribution than this say nothing. */
const MIN_TRIALS = 2;

/**
 * Importances by name, largest first; not negative. With fewer than two complete trials all are equal.
 * @throws InvalidOptionError unless 0 < targetQuantile < regionQuantile ≤ 1, or for a parameter no complete trial has
 */
export function pedAnovaImportance(
  trials: readonly FrozenTrial[],
  options: PedAnovaOptions = {},
): Record<string, number> {
  const { normalize = true } = options;
  const { targetQuantile = 0.1, regionQuantile = 1, evaluateOnLocal = true } = options;
  if (!(targetQuantile > 0 && targetQuantile < regionQuantile && regionQuantile <= 1)) {
    throw new InvalidOptionError(
      `pedAnovaImportance: targetQuantile ${targetQuantile} and regionQuantile ${regionQuantile} must be ascending in (0, 1].`,
    );
  }
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const params = paramNames(complete, options.params);
  const bestShare = options.directions ? byFronts(complete, options.directions) : byTarget(complete, options);
  const region = bestShare(regionQuantile);
  const best = new Set(bestShare(targetQuantile));
  const importances = params.map((name): [string, number] => {
    if (region.length <= 1) return [name, 0];
    return [name, (best.size / region.length) ** 2 * divergence(name, region, best, evaluateOnLocal)];
  });
  return Object.fromEntries(normalize ? normalized(importances) : sorted(importances));
}

/** Gives the best of the trials: a share of them. */
type BestShare = (quantile: number) => readonly FrozenTrial[];

/** The lowest targets, ties of the last one included. */
function byTarget(complete: readonly FrozenTrial[], options: PedAnovaOptions): BestShare {
  const { direction = 'minimize', target = (trial) => trial.values?.[0] ?? Number.NaN } = options;
  const sign = direction === 'minimize' ? 1 : -1;
  const judged = complete
    .map((trial) => ({ trial, loss: sign * target(trial) }))
    .filter(({ loss }) => Number.isFinite(loss));
  const losses = Float64Array.from(judged, ({ loss }) => loss).sort();
  return (quantile) => {
    const bar = losses[Math.ceil(quantile * losses.length) - 1] ?? 0;
    return judged.filter(({ loss }) => loss <= bar).map(({ trial }) => trial);
  };
}

/** Whole fronts, and of the last one those that dominate most together. */
function byFronts(complete: readonly FrozenTrial[], directions: readonly Direction[]): BestShare {
  const judged = complete.filter(({ values }) => values!.every(Number.isFinite));
  const observations = new Observations(directions);
  observations.update(judged);
  return (quantile) => {
    const marks = observations.markBest(Math.ceil(quantile * judged.length));
    return judged.filter((_, row) => marks[row]);
  };
}

function paramNames(complete: readonly FrozenTrial[], wanted: readonly string[] | undefined): readonly string[] {
  const known = new Set(complete.flatMap((trial) => Object.keys(trial.distributions)));
  const missing = wanted?.filter((name) => !known.has(name)) ?? [];
  if (missing.length > 0) {
    throw new InvalidOptionError(
      `pedAnovaImportance: no complete trial has ${missing.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
  return wanted ?? [...known].sort();
}

/** Sum over the distributions a parameter had, each weighted by how often the best trials fell there (theorem 4.2). */
function divergence(
  name: string,
  region: readonly FrozenTrial[],
  best: ReadonlySet<FrozenTrial>,
  onLocal: boolean,
): number {
  const regimes = new Map<string, FrozenTrial[]>();
  for (const trial of region) {
    const distribution = own(trial.distributions, name);
    if (!distribution) continue;
    const key = formatDistribution(distribution);
    const before = regimes.get(key);
    if (before) before.push(trial);
    else regimes.set(key, [trial]);
  }
  let total = 0;
  for (const all of regimes.values()) {
    const distribution = all[0]!.distributions[name]!;
    const top = all.filter((trial) => best.has(trial));
    if (all.length < MIN_TRIALS || top.length === 0 || isSingle(distribution)) continue;
    const weight = (top.length / best.size) ** 2 / (all.length / region.length);
    total += weight * pearson(name, distribution, top, all, onLocal);
  }
  return total;
}

/** Pearson's χ² divergence of the best trials' density from the others'. */
function pearson(
  name: string,
  distribution: Distribution,
  top: readonly FrozenTrial[],
  all: readonly FrozenTrial[],
  onLocal: boolean,
): number {
  const values = (trials: readonly FrozenTrial[]) => trials.map((trial) => trial.params[name]!);
  const target = gridDensity(distribution, values(top));
  const local = onLocal ? gridDensity(distribution, values(all)) : target.map(() => 1 / target.length);
  const floor = onLocal ? 1e-12 : 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const reference = local[i]! + floor;
    total += reference * ((target[i]! + 1e-12) / reference - 1) ** 2;
  }
  return total;
}

function sorted(importances: readonly [string, number][]): [string, number][] {
  return [...importances].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function normalized(importances: readonly [string, number][]): [string, number][] {
  const total = importances.reduce((sum, [, value]) => sum + value, 0);
  const scale = (value: number) => (total === 0 ? 1 / importances.length : value / total);
  return sorted(importances).map(([name, value]) => [name, scale(value)]);
}
