/** Where the best of past points lie, as a normal distribution to start from (Nomura et al., arXiv:2012.06932). */

import { cholesky } from '../../numerics/cholesky.js';
import type { Solution } from './cma.js';

/** The share of solutions that count as best, and the least width of the distribution along each coordinate. */
const BEST = 0.1;
const LEAST_WIDTH = 0.1;

export interface Region {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** n×n, row-major, of determinant 1. */
  readonly covariance: Float64Array;
}

/** @param solutions not empty; the best tenth counts, at least one */
export function promisingRegion(solutions: readonly Solution[]): Region {
  const ordered = [...solutions].sort((a, b) => (a.value === b.value ? 0 : a.value < b.value ? -1 : 1));
  const best = ordered.slice(0, Math.max(1, Math.floor(BEST * ordered.length))).map(({ x }) => x);
  const n = best[0]!.length;
  const mean = best[0]!.map((_, i) => best.reduce((sum, x) => sum + x[i]!, 0) / best.length);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (const x of best) matrix[i * n + j]! += ((x[i]! - mean[i]!) * (x[j]! - mean[j]!)) / best.length;
    }
    matrix[i * n + i]! += LEAST_WIDTH ** 2;
  }
  const factor = cholesky(matrix, n)!;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(factor[i * n + i]!);
  const scale = Math.exp(logDeterminant / n);
  return { mean, sigma: Math.sqrt(scale), covariance: matrix.map((value) => value / scale) };
}
