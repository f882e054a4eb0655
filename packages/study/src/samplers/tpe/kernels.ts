/**
 * The kernels of a Parzen estimator, one for each observation and one for the prior, as Optuna 5 weighs and widens them
 * (Bergstra et al., «Algorithms for hyper-parameter optimization», 2011; Watanabe, arXiv:2304.11127).
 */

import type { NumericDistribution } from '../../distributions/distribution.js';

const PRIOR_WEIGHT = 1;
/** The newest observations that keep full weight; older ones fade linearly. */
const FULL_WEIGHT = 25;
/** No bandwidth is below the range divided by this. */
const FINEST = 100;

/** How many of `count` finished trials are called good: a tenth, for one objective at most 25. */
export function goodCount(count: number, objectives = 1): number {
  return Math.min(Math.ceil(0.1 * count), objectives === 1 ? 25 : Number.POSITIVE_INFINITY);
}

/**
 * Mixture weights of `count` observations, oldest first, then the prior; they sum to 1, and none is above the prior's.
 * @param fades whether old observations weigh less than the newest
 */
export function mixtureWeights(count: number, fades = true): Float64Array {
  const weights = new Float64Array(count + 1).fill(1);
  if (count === 0) return weights;
  const fading = fades ? count - FULL_WEIGHT : 0;
  for (let i = 0; i < fading; i++) weights[i] = 1 / count + (fading === 1 ? 0 : (i / (fading - 1)) * (1 - 1 / count));
  weights[count] = PRIOR_WEIGHT;
  let total = 0;
  for (let i = 0; i <= count; i++) total += weights[i]!;
  for (let i = 0; i <= count; i++) weights[i]! /= total;
  return weights;
}

/** The narrowest bandwidth of `count` observations in a range. */
export function narrowestBandwidth(count: number, range: number): number {
  return range / Math.min(FINEST, count + 2);
}

/**
 * The larger gap to a neighbour. The outermost observations, which have none on one side (NaN), look inwards only: an
 * empty border does not widen them.
 */
export function largerGap(before: number, here: number, after: number): number {
  const [left, right] = [here - before, after - here];
  return left > right || Number.isNaN(right) ? left : right;
}

/** Probability that a categorical kernel, one of `count`, gives to the choice it observed, and to each other one. */
export function choiceProbabilities(count: number, choices: number): { readonly hit: number; readonly miss: number } {
  const share = PRIOR_WEIGHT / (count + 1);
  const total = 1 + share * choices;
  return { hit: (1 + share) / total, miss: share / total };
}

/** A value on the scale in which a distribution is searched. */
export function toScale(distribution: NumericDistribution, value: number): number {
  return distribution.log ? Math.log(value) : value;
}
