/** The Gaussian process that the model-based terminators judge by, and its bound on the regret (Makarova et al., AutoML 2022). */

import type { RandomGenerator } from '../numerics/random.js';
import { upperConfidenceBound } from '../samplers/gp/acquisition.js';
import { fitGaussianProcess } from '../samplers/gp/fit.js';
import type { GaussianProcess, TrainingData } from '../samplers/gp/gaussian-process.js';
import { maximize } from '../samplers/gp/maximize.js';
import { UnitSpace } from '../samplers/gp/unit-space.js';
import { intersectionSearchSpace } from '../search-space/intersection.js';
import { searchable } from '../search-space/searchable.js';
import type { TerminationContext } from './terminator.js';

export interface Measured {
  readonly space: UnitSpace;
  readonly points: readonly Float64Array[];
  /** Larger is better; infinities as the worst or best finite one. */
  readonly values: Float64Array;
}

/** Complete trials over the parameters that all of them have; null when there are none of either. */
export function measured({ trials, direction }: TerminationContext): Measured | null {
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const space = new UnitSpace(searchable(intersectionSearchSpace(complete)));
  const points = complete.map(({ params }) => space.encode(params)).filter((point) => point !== null);
  if (space.size === 0 || points.length < complete.length || points.length === 0) return null;
  const sign = direction === 'minimize' ? -1 : 1;
  const raw = Float64Array.from(complete, ({ values }) => sign * values![0]!);
  const finite = raw.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  return { space, points, values: raw.map((value) => Math.min(high, Math.max(low, value))) };
}

/** @param values of mean 0 and variance 1 */
export function fitTo(space: UnitSpace, points: readonly Float64Array[], values: Float64Array): GaussianProcess {
  return fitGaussianProcess(trainingData(space, points, values));
}

export function trainingData(
  space: UnitSpace,
  points: readonly Float64Array[],
  values: Float64Array,
  noiseFactors?: Float64Array,
): TrainingData {
  return {
    points: Float64Array.from(points.flatMap((point) => Array.from(point))),
    values,
    isCategorical: space.dimensions.map(({ isCategorical }) => isCategorical),
    ...(noiseFactors && { noiseFactors }),
  };
}

/** The squared width of the confidence band that holds with probability 1 − δ, scaled down as its authors do. */
export function bandWidth(dimensions: number, trials: number, delta: number): number {
  return 0.4 * Math.log((dimensions * trials ** 2 * Math.PI ** 2) / 6 / delta);
}

/**
 * How much better than the best of the points anything might still be: the highest upper bound anywhere less the highest
 * lower bound at a point.
 * @param elsewhere looks for the highest upper bound over the whole space; the points themselves are looked at anyway
 */
export function regretBound(
  process: GaussianProcess,
  points: readonly Float64Array[],
  beta: number,
  elsewhere: { readonly space: UnitSpace; readonly random: RandomGenerator } | null,
): number {
  const upper = upperConfidenceBound(process, beta);
  const lower = (point: Float64Array) => {
    const { mean, variance } = process.posterior(point);
    return mean - Math.sqrt(beta * variance);
  };
  const highest = elsewhere
    ? maximize(upper, elsewhere.space, {
        random: elsewhere.random,
        known: points,
        lengths: process.parameters.inverseSquaredLengths.map((w) => 1 / Math.sqrt(w)),
        searches: 3,
      })[0]!.value
    : Number.NEGATIVE_INFINITY;
  return Math.max(highest, ...points.map((point) => upper.value(point))) - Math.max(...points.map(lower));
}
