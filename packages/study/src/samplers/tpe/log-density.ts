/**
 * The log density of a mixture of products of kernels, quick enough for tens of thousands of kernels: those so far from a
 * point that they add nothing to its density, rounded, are passed over.
 */

import type { Kernels } from './mixture.js';
import { Neighbours } from './neighbours.js';
import { LOG_MOST_OUTSIDE, NormalKernels } from './normal-kernels.js';
import { PRIOR } from './numeric-kernels.js';
import { lookUp, type Table } from './table.js';

/** Terms so much smaller than another, in logarithms, are lost in a sum even ten thousand times over. */
const NEGLIGIBLE = -40;
/** Normal densities at some points, which are on the scale of the search; the rest as in `NormalKernels`. */
interface Normals extends Pick<NormalKernels, 'mu' | 'inverse' | 'constant'> {
  readonly xs: Float64Array;
}

/**
 * @param weights of the kernels by slot; none weighs more than the prior
 * @param slots of the kernels but the prior
 * @param points one array of internal values for each dimension
 * @returns one log density for each point; −Infinity outside the range
 */
export function logDensity(
  weights: Float64Array,
  slots: Int32Array,
  dimensions: readonly Kernels[],
  points: readonly Float64Array[],
): Float64Array {
  const normals: Normals[] = [];
  const tables: Table[] = [];
  const priors = new Float64Array(points[0]!.length);
  // In a discrete dimension a value z bandwidths away has at most half of this over e^(z²/2).
  let highest = LOG_MOST_OUTSIDE;
  for (const [d, kernels] of dimensions.entries()) {
    if (kernels instanceof NormalKernels) {
      const { mu, inverse, constant } = kernels;
      const xs = kernels.scaled(points[d]!);
      normals.push({ mu, inverse, constant, xs });
      for (let i = 0; i < xs.length; i++) priors[i]! += kernels.logDensity(PRIOR, xs[i]!);
      highest += kernels.peak;
    } else {
      const table = kernels.table(points[d]!);
      tables.push(table);
      for (let i = 0; i < priors.length; i++) priors[i]! += lookUp(table, PRIOR, i);
    }
  }
  // A kernel so many bandwidths away from a point in any dimension is negligible there beside the prior.
  const lowest = priors.reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
  const reach = Math.sqrt(2 * Math.max(0, highest - lowest - NEGLIGIBLE));
  const neighbours = new Neighbours(dimensions, slots, points, reach);
  const densities = new Float64Array(priors.length);
  for (let i = 0; i < priors.length; i++) {
    densities[i] = logSum(weights, normals, tables, neighbours.of(i), priors[i]!, i);
  }
  return densities;
}

/**
 * Sums the prior and kernels at point `i`, in units of the largest term so far, so that no term is stored.
 * @param prior its log density; NaN outside the range
 */
function logSum(
  weights: Float64Array,
  normals: readonly Normals[],
  tables: readonly Table[],
  slots: Int32Array,
  prior: number,
  i: number,
): number {
  if (Number.isNaN(prior)) return Number.NEGATIVE_INFINITY;
  // The prior is nowhere small: what is lost beside it needs no further look.
  let largest = prior;
  let sum = weights[PRIOR]!;
  for (let j = 0; j < slots.length; j++) {
    const slot = slots[j]!;
    let term = 0;
    for (let d = 0; d < normals.length; d++) {
      const { xs, mu, inverse, constant } = normals[d]!;
      const z = (xs[i]! - mu[slot]!) * inverse[slot]!;
      term += constant[slot]! - 0.5 * z * z;
    }
    // Logarithms of probabilities can only lower it further.
    if (term - largest < NEGLIGIBLE) continue;
    for (let d = 0; d < tables.length; d++) term += lookUp(tables[d]!, slot, i);
    const gap = term - largest;
    if (gap > 0) {
      sum = sum * Math.exp(-gap) + weights[slot]!;
      largest = term;
    } else if (gap > NEGLIGIBLE) sum += weights[slot]! * Math.exp(gap);
  }
  return Math.log(sum) + largest;
}
