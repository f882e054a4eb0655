/**
 * The kernels of a Parzen estimator, one for each observation and one for the prior, as Optuna 5 places them
 * (Bergstra et al., «Algorithms for hyper-parameter optimization», 2011; Watanabe, arXiv:2304.11127).
 */

import type { CategoricalDistribution, NumericDistribution } from '../../distributions/distribution.js';
import { deviationOf, hasPrior, logPrior } from '../../distributions/prior.js';

const PRIOR_WEIGHT = 1;
/** The newest observations that keep full weight; older ones fade linearly. */
const FULL_WEIGHT = 25;

/** How many of `count` finished trials are called good: a tenth, for one objective at most 25. */
export function goodCount(count: number, objectives = 1): number {
  return Math.min(Math.ceil(0.1 * count), objectives === 1 ? 25 : Number.POSITIVE_INFINITY);
}

/**
 * Mixture weights of `count` observations, oldest first, then the prior; they sum to 1.
 * @param fades whether old observations weigh less than the newest
 */
export function mixtureWeights(count: number, fades = true): Float64Array {
  const weights = new Float64Array(count + 1).fill(1);
  if (count === 0) return weights;
  const fading = fades ? count - FULL_WEIGHT : 0;
  for (let i = 0; i < fading; i++) weights[i] = 1 / count + (fading === 1 ? 0 : (i / (fading - 1)) * (1 - 1 / count));
  weights[count] = PRIOR_WEIGHT;
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}

/** Normal kernels truncated to [low, high], all in the logarithm where the distribution is; the prior is the last. */
export interface NumericKernels {
  readonly distribution: NumericDistribution;
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
  /** Bounds of the truncation; with a step, half a step outside the distribution's. */
  readonly low: number;
  readonly high: number;
}

/** A kernel favours the choice it observed; the prior is the last kernel and favours none, or what is recommended. */
export interface CategoricalKernels {
  readonly distribution: CategoricalDistribution;
  /** Index of the choice each kernel observed. */
  readonly observed: Float64Array;
  /** Probability a kernel gives to the choice it observed, and to each other one. */
  readonly hit: number;
  readonly miss: number;
  /** Log probability that the prior gives to each choice. */
  readonly logPrior: Float64Array;
}

export type Kernels = NumericKernels | CategoricalKernels;

export function isNumeric(kernels: Kernels): kernels is NumericKernels {
  return 'mu' in kernels;
}

/**
 * @param observations values, in the logarithm where the distribution is
 * @param order their indices by ascending value, ties in the order given
 * @param informed whether the prior is about what the distribution recommends
 */
export function numericKernels(
  distribution: NumericDistribution,
  observations: Float64Array,
  order: ArrayLike<number> = ascending(observations),
  informed = false,
): NumericKernels {
  const n = observations.length;
  const half = distribution.step === null ? 0 : distribution.step / 2;
  const low = toScale(distribution, distribution.low - half);
  const high = toScale(distribution, distribution.high + half);
  const mu = new Float64Array(n + 1);
  mu.set(observations);
  const isRecommending = informed && hasPrior(distribution);
  mu[n] = isRecommending ? toScale(distribution, distribution.recommended!) : 0.5 * (low + high);
  const sigma = new Float64Array(n + 1);
  const widest = high - low;
  const narrowest = widest / Math.min(100, n + 2);
  for (let i = 0; i < n; i++) {
    const here = observations[order[i]!]!;
    const left = i > 0 ? here - observations[order[i - 1]!]! : here - low;
    const right = i < n - 1 ? observations[order[i + 1]!]! - here : high - here;
    let gap = Math.max(left, right);
    // The outermost observations look inwards only, so that an empty border does not widen them.
    if (n >= 2 && i === 0) gap = right;
    if (n >= 2 && i === n - 1) gap = left;
    sigma[order[i]!] = Math.min(widest, Math.max(narrowest, gap));
  }
  sigma[n] = isRecommending ? deviationOf(distribution) * widest : widest;
  return { distribution, mu, sigma, low, high };
}

/**
 * @param observations indices of choices
 * @param informed whether the prior is about what the distribution recommends
 */
export function categoricalKernels(
  distribution: CategoricalDistribution,
  observations: Float64Array,
  informed = false,
): CategoricalKernels {
  const count = distribution.choices.length;
  const share = PRIOR_WEIGHT / (observations.length + 1);
  const total = 1 + share * count;
  const logProbability = (_: unknown, choice: number) =>
    (informed ? logPrior(distribution, choice) : 0) - Math.log(count);
  const prior = Float64Array.from({ length: count }, logProbability);
  return { distribution, observed: observations, hit: (1 + share) / total, miss: share / total, logPrior: prior };
}

/** A value on the scale in which a distribution is searched. */
export function toScale(distribution: NumericDistribution, value: number): number {
  return distribution.log ? Math.log(value) : value;
}

function ascending(values: Float64Array): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
}
