/** Linear equations of a few unknowns, by elimination with pivoting. */

/** Pivots smaller than this, in units of the largest entry, mean that there is no single solution. */
const SINGULAR = 1e-12;

/**
 * x with A·x = b, or null where A is singular or not finite.
 * @param matrix n rows of n
 */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const largest = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    if (!(Math.abs(head[column]!) > SINGULAR * largest)) return null;
    for (const row of rows.slice(column + 1)) {
      const factor = row[column]! / head[column]!;
      for (let k = column; k <= n; k++) row[k]! -= factor * head[k]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = rows[i]![n]!;
    for (let k = i + 1; k < n; k++) rest -= rows[i]![k]! * x[k]!;
    x[i] = rest / rows[i]![i]!;
  }
  return x;
}
