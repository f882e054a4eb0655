/** Draws from a normal distribution of several numbers. */

import { cholesky } from '../numerics/cholesky.js';
import type { RandomGenerator } from '../numerics/random.js';

/** A standard normal number (Box and Muller). */
export function standardNormal(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** @param covariance n×n, row after row; made positive definite by as little on its diagonal as that takes */
export function multivariateNormal(
  means: Float64Array,
  covariance: Float64Array,
  count: number,
  random: RandomGenerator,
): Float64Array[] {
  const n = means.length;
  const factor = factorOf(covariance, n);
  return Array.from({ length: count }, () => {
    const normals = Float64Array.from({ length: n }, () => standardNormal(random));
    return means.map((mean, i) => {
      let sum = mean;
      for (let k = 0; k <= i; k++) sum += factor[i * n + k]! * normals[k]!;
      return sum;
    });
  });
}

function factorOf(covariance: Float64Array, n: number): Float64Array {
  const size = Math.max(1e-300, ...Array.from({ length: n }, (_, i) => covariance[i * n + i]!));
  for (let jitter = 1e-9; jitter < 1; jitter *= 10) {
    const more = covariance.map((value, at) => (at % (n + 1) === 0 ? value + jitter * size : value));
    const factor = cholesky(more, n);
    if (factor) return factor;
  }
  return new Float64Array(n * n);
}
