// How good each trial is among the others: by rank, so that no outlier washes the rest out.

/** From 0 for the worst to 1 for the best; without a value is worst. One alone is in the middle. */
export function goodness(values: readonly (number | null)[], direction: 'minimize' | 'maximize' | null): number[] {
  const sign = direction === 'maximize' ? 1 : -1;
  const heights = values.map((value) => (value === null ? Number.NEGATIVE_INFINITY : sign * value));
  const order = [...heights.keys()].sort((a, b) => heights[a]! - heights[b]!);
  const shares = new Array<number>(values.length).fill(0.5);
  for (const [place, row] of order.entries()) shares[row] = order.length > 1 ? place / (order.length - 1) : 0.5;
  return shares;
}
