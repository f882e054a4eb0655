// Points of one look, as ECharts draws them at one stroke where they are many.

/** From so many points on ECharts draws them as one shape, whose points have no look of their own. */
const MANY = 2000;

/** Of the points at `rows`; what is missing is not drawn. */
export function scatter(
  rows: readonly number[],
  x: (row: number) => number | null | undefined,
  y: (row: number) => number | null | undefined,
) {
  const data = new Float64Array(2 * rows.length);
  for (const [k, row] of rows.entries()) {
    data[2 * k] = x(row) ?? Number.NaN;
    data[2 * k + 1] = y(row) ?? Number.NaN;
  }
  return { type: 'scatter' as const, data, large: true, largeThreshold: MANY };
}
