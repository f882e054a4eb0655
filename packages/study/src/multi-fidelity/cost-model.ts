/**
 * What a setting costs, learnt from the seconds that trials took: log-linear in the settings. A share of a schedule costs
 * its part of the whole, so that twice the epochs cost twice as much where the data say so.
 */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { coordinate } from '../distributions/unit.js';
import { cholesky, invertLower, timesLower, timesLowerTransposed } from '../numerics/cholesky.js';
import type { Params } from '../trial/frozen-trial.js';
import type { PausableTrial } from './pausable-trial.js';

/** Seconds of a setting between two shares of its schedule. */
export type CostFunction = (params: Params, from: number, to: number) => number;

/** Precision of the prior of each slope, in seconds' logarithms: without data, all settings cost the same. */
const SLOPE_PRECISION = 0.1;
const INTERCEPT_PRECISION = 1e-6;

/** Null while no trial has told its seconds. */
export function learnCost(trials: readonly PausableTrial[], space: SearchSpace): CostFunction | null {
  const rows = trials.filter(({ seconds, share }) => seconds > 0 && share > 0);
  if (rows.length === 0) return null;
  const features = rows.map(({ params }) => featuresOf(params, space));
  const targets = rows.map(({ seconds, share }) => Math.log(seconds / share));
  const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  const slopes = ridge(
    features,
    targets.map((y) => y - mean),
  );
  return (params, from, to) => {
    const x = featuresOf(params, space);
    return (to - from) * Math.exp(slopes.reduce((sum, slope, k) => sum + slope * x[k]!, mean));
  };
}

/** An intercept; numbers in the logarithm where they are all above 0, else by their place in the range; choices one by one. */
function featuresOf(params: Params, space: SearchSpace): number[] {
  return [1, ...Object.entries(space).flatMap(([name, distribution]) => featuresOfOne(distribution, params[name]))];
}

function featuresOfOne(distribution: Distribution, value: Params[string] | undefined): number[] {
  if (distribution.type === 'categorical') return featuresOfChoice(distribution, value);
  if (typeof value !== 'number') return [0];
  if (distribution.low > 0) return [Math.log(value / Math.sqrt(distribution.low * distribution.high))];
  return [coordinate(distribution, value) - 0.5];
}

/** Batch sizes are often given as choices, and cost by their logarithm. */
function featuresOfChoice({ choices }: Extract<Distribution, { type: 'categorical' }>, value: unknown): number[] {
  const numbers = choices.filter((choice): choice is number => typeof choice === 'number' && choice > 0);
  if (numbers.length < choices.length) return choices.map((choice) => Number(choice === value));
  const middle = numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length;
  return [typeof value === 'number' ? Math.log(value) - middle : 0];
}

/** Least squares with a normal prior around 0: (XᵀX + P)⁻¹Xᵀy. */
function ridge(x: readonly number[][], y: readonly number[]): Float64Array {
  const n = x[0]!.length;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [i, row] of x.entries()) {
    for (let a = 0; a < n; a++) {
      right[a]! += row[a]! * y[i]!;
      for (let b = 0; b < n; b++) matrix[a * n + b]! += row[a]! * row[b]!;
    }
  }
  for (let a = 0; a < n; a++) matrix[a * n + a]! += a === 0 ? INTERCEPT_PRECISION : SLOPE_PRECISION;
  // The priors make it positive definite.
  const inverse = invertLower(cholesky(matrix, n)!, n);
  return timesLowerTransposed(inverse, n, timesLower(inverse, n, right));
}
