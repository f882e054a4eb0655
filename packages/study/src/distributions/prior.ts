/**
 * What a distribution's `recommended` value and `confidence` say before any trial: for a number a normal density around it,
 * truncated to the range, with standard deviation 1 − confidence of the range as it is searched (in the logarithm where
 * `log`); for a choice, the recommended one with probability confidence, else any.
 */

import { LOG_SQRT_2PI, logNormalMass, truncatedNormalQuantile } from '../numerics/normal.js';
import {
  type CategoricalDistribution,
  choiceIndex,
  type Distribution,
  type NumericDistribution,
} from './distribution.js';
import { coordinate } from './unit.js';

const NARROWEST = 0.02;

/** Whether the distribution carries a recommendation. */
export function hasPrior(distribution: Distribution): boolean {
  return distribution.recommended !== undefined;
}

/** Log density at a coordinate (see `unit.ts`), relative to no preference; 0 everywhere without a recommendation. */
export function logPrior(distribution: Distribution, x: number): number {
  if (!hasPrior(distribution)) return 0;
  if (distribution.type === 'categorical') {
    return Math.log(choiceProbability(distribution, x) * distribution.choices.length);
  }
  const { mean, deviation } = shape(distribution);
  const z = (x - mean) / deviation;
  const mass = logNormalMass(-mean / deviation, (1 - mean) / deviation);
  return -0.5 * z * z - LOG_SQRT_2PI - Math.log(deviation) - mass;
}

/** Its derivative by the coordinate; 0 for choices. */
export function logPriorSlope(distribution: Distribution, x: number): number {
  if (!hasPrior(distribution) || distribution.type === 'categorical') return 0;
  const { mean, deviation } = shape(distribution);
  return (mean - x) / (deviation * deviation);
}

/** The share of the range, for choices of the list, below which lies the probability u. */
export function priorQuantile(distribution: Distribution, u: number): number {
  if (!hasPrior(distribution)) return u;
  if (distribution.type !== 'categorical') {
    const { mean, deviation } = shape(distribution);
    return mean + deviation * truncatedNormalQuantile(u, -mean / deviation, (1 - mean) / deviation);
  }
  const count = distribution.choices.length;
  let rest = u;
  for (let index = 0; index < count; index++) {
    const probability = choiceProbability(distribution, index);
    if (rest < probability) return (index + rest / probability) / count;
    rest -= probability;
  }
  return (count - 0.5) / count;
}

function shape(distribution: NumericDistribution) {
  return {
    mean: coordinate(distribution, distribution.recommended),
    deviation: deviationOf(distribution),
  };
}

/** Standard deviation of the density around a recommended number, as a share of the range as it is searched. */
export function deviationOf(distribution: NumericDistribution): number {
  return Math.max(NARROWEST, 1 - distribution.confidence!);
}

function choiceProbability({ choices, recommended, confidence }: CategoricalDistribution, index: number): number {
  const isRecommended = choiceIndex(choices, recommended!) === index;
  return (1 - confidence!) / choices.length + (isRecommended ? confidence! : 0);
}
