/** Cholesky factors of symmetric positive definite matrices, row-major in one array. */

/**
 * The lower triangle L with L·Lᵀ = A; the entries above the diagonal are zero. Only the lower triangle of A is read.
 * @param a n×n
 * @param factor room for the result; what is above the diagonal stays as it is
 * @returns n×n, or null when A is not positive definite to working precision
 */
export function cholesky(
  a: Float64Array,
  n: number,
  factor: Float64Array = new Float64Array(n * n),
): Float64Array | null {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[row + j]!;
      for (let k = 0; k < j; k++) sum -= factor[row + k]! * factor[other + k]!;
      if (i !== j) factor[row + j] = sum / factor[other + j]!;
      else if (sum > 0) factor[row + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return factor;
}

/**
 * The inverse of a lower triangle, itself one.
 * @param factor n×n
 * @param inverse room for the result; what is above the diagonal stays as it is
 */
export function invertLower(
  factor: Float64Array,
  n: number,
  inverse: Float64Array = new Float64Array(n * n),
): Float64Array {
  for (let i = 0; i < n; i++) {
    const diagonal = 1 / factor[i * n + i]!;
    inverse.fill(0, i * n, i * n + i);
    // Row by row, so that memory is walked in order: row i is −(row i of L, left part) · (rows above) / L[i][i].
    for (let k = 0; k < i; k++) {
      const weight = -factor[i * n + k]! * diagonal;
      for (let j = 0; j <= k; j++) inverse[i * n + j]! += weight * inverse[k * n + j]!;
    }
    inverse[i * n + i] = diagonal;
  }
  return inverse;
}

/** L·x for a lower triangle. */
export function timesLower(
  lower: Float64Array,
  n: number,
  x: ArrayLike<number>,
  result: Float64Array = new Float64Array(n),
): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += lower[i * n + j]! * x[j]!;
    result[i] = sum;
  }
  return result;
}

/** Lᵀ·x for a lower triangle. */
export function timesLowerTransposed(
  lower: Float64Array,
  n: number,
  x: ArrayLike<number>,
  result: Float64Array = new Float64Array(n),
): Float64Array {
  result.fill(0);
  for (let i = 0; i < n; i++) {
    const weight = x[i]!;
    for (let j = 0; j <= i; j++) result[j]! += lower[i * n + j]! * weight;
  }
  return result;
}

/** x with L·x = b for a lower triangle. */
export function solveLower(lower: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  return x;
}

/** x with Lᵀ·x = b for a lower triangle. */
export function solveLowerTransposed(lower: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k * n + i]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  return x;
}

/** Σ log L[i, i]: half the log determinant of L·Lᵀ. */
export function halfLogDeterminant(lower: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(lower[i * n + i]!);
  return sum;
}
