/** What distributions recommend, as a part of an acquisition that fades with trials and is dropped when they refute it. */

import { hasPrior, logPrior, logPriorSlope } from '../../distributions/prior.js';
import type { Acquisition } from './acquisition.js';
import type { GaussianProcess } from './gaussian-process.js';
import { coordinateOf, plainCoordinate, type UnitSpace } from './unit-space.js';

/** The prior density to the power of the exponent (piBO, arXiv:2204.11051). */
export function priorTerm(unit: UnitSpace, exponent: number): Acquisition {
  const value = (x: Float64Array) =>
    exponent *
    unit.dimensions.reduce(
      (sum, dimension, d) => sum + logPrior(dimension.distribution, plainCoordinate(dimension, x[d]!)),
      0,
    );
  return {
    value,
    addGradient(x, gradient) {
      for (const [d, { distribution }] of unit.dimensions.entries()) {
        gradient[d]! += exponent * logPriorSlope(distribution, x[d]!);
      }
      return value(x);
    },
  };
}

/** Whether any dimension carries a recommendation. */
export function hasRecommendation(unit: UnitSpace): boolean {
  return unit.dimensions.some(({ distribution }) => hasPrior(distribution));
}

/**
 * How far trials leave the recommendation standing, from 1 to 0: 0 when the recommended values, put into the best setting,
 * are surely worse than it by a standard deviation of all that was measured, which is 1 to the process.
 * @param process of values that are to be large
 */
export function trustIn(unit: UnitSpace, process: GaussianProcess, incumbent: Float64Array): number {
  const recommended = incumbent.map((x, d) => {
    const dimension = unit.dimensions[d]!;
    return hasPrior(dimension.distribution) ? coordinateOf(dimension, dimension.distribution.recommended) : x;
  });
  const { mean, variance } = process.posterior(recommended);
  const loss = process.posterior(incumbent).mean - mean - Math.sqrt(variance);
  return Math.min(1, Math.max(0, 1 - loss));
}
