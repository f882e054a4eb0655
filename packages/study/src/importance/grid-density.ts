/**
 * The density of a parameter's values on a grid of at most 50 points: a Parzen estimator with a prior kernel and, for
 * numbers, bandwidths by Scott's rule (Multivariate Density Estimation, 1992).
 */

import type { Distribution, NumericDistribution } from '../distributions/distribution.js';
import { toInternal } from '../distributions/representation.js';
import type { JsonValue } from '../json.js';
import { logNormalMass } from '../numerics/normal.js';
import { choiceProbabilities, toScale } from '../samplers/tpe/kernels.js';

const MAX_POINTS = 50;
const PRIOR_WEIGHT = 1;
/** Nine tenths of a kernel at least fall on its own grid point. */
const NARROWEST = 0.5 / 1.64;

/** Density at each grid point, or choice; sums to 1. The values may not be empty. */
export function gridDensity(distribution: Distribution, values: readonly JsonValue[]): Float64Array {
  const counts = countOnGrid(distribution, values);
  const observed = Array.from(counts.keys()).filter((point) => counts[point]! > 0);
  const density = new Float64Array(counts.length);
  const total = values.length + PRIOR_WEIGHT;
  const kernels =
    distribution.type === 'categorical' ? choiceKernels(distribution, observed) : numberKernels(counts, observed);
  for (let point = 0; point < density.length; point++) {
    for (const kernel of observed) density[point]! += (counts[kernel]! / total) * kernels.at(kernel, point);
    density[point]! += (PRIOR_WEIGHT / total) * kernels.prior(point);
  }
  return density;
}

interface GridKernels {
  at(observed: number, point: number): number;
  prior(point: number): number;
}

function choiceKernels(
  distribution: Extract<Distribution, { type: 'categorical' }>,
  observed: readonly number[],
): GridKernels {
  const { hit, miss } = choiceProbabilities(observed.length, distribution.choices.length);
  return {
    at: (kernel, point) => (kernel === point ? hit : miss),
    prior: () => 1 / distribution.choices.length,
  };
}

function numberKernels(counts: Int32Array, observed: readonly number[]): GridKernels {
  const high = counts.length - 1;
  const sigma = Math.max(scottBandwidth(counts, observed), NARROWEST);
  const cell = (mu: number, s: number, point: number) =>
    Math.exp(
      logNormalMass((point - 0.5 - mu) / s, (point + 0.5 - mu) / s) -
        logNormalMass((-0.5 - mu) / s, (high + 0.5 - mu) / s),
    );
  return {
    at: (kernel, point) => cell(kernel, sigma, point),
    prior: (point) => cell(high / 2, high + 1, point),
  };
}

function scottBandwidth(counts: Int32Array, observed: readonly number[]): number {
  const weights = observed.map((point) => counts[point]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = observed.reduce((sum, point, i) => sum + point * weights[i]!, 0) / total;
  const squares = observed.reduce((sum, point, i) => sum + (point - mean) ** 2 * weights[i]!, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  let running = 0;
  const cumulative = weights.map((weight) => (running += weight));
  const first = cumulative.findIndex((sum) => sum >= Math.floor(total / 4));
  const third = cumulative.findIndex((sum) => sum > Math.floor((total * 3) / 4));
  const range = observed[third < 0 ? observed.length - 1 : third]! - observed[first]!;
  return 1.059 * Math.min(range / 1.34, deviation) * total ** -0.2;
}

function countOnGrid(distribution: Distribution, values: readonly JsonValue[]): Int32Array {
  const internal = values.map((value) => toInternal('', distribution, value));
  if (distribution.type === 'categorical') {
    const counts = new Int32Array(distribution.choices.length);
    for (const index of internal) counts[index]!++;
    return counts;
  }
  const counts = new Int32Array(gridSize(distribution));
  const low = toScale(distribution, distribution.low);
  const spacing = (toScale(distribution, distribution.high) - low) / (counts.length - 1);
  for (const value of internal) {
    // A value midway between two points belongs to the lower one.
    const nearest = Math.ceil((toScale(distribution, value) - low) / spacing - 0.5);
    counts[Math.min(counts.length - 1, Math.max(0, nearest))]!++;
  }
  return counts;
}

function gridSize(distribution: NumericDistribution): number {
  const { low, high, step, type, log } = distribution;
  if (type === 'int' && log) return Math.min(Math.ceil(Math.log(high - low + 1) / Math.LN2) + 1, MAX_POINTS);
  return step === null ? MAX_POINTS : Math.min(Math.round((high - low) / step) + 1, MAX_POINTS);
}
