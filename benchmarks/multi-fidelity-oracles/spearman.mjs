/** Correlation of the ranks of two samples without ties. */
export function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const squares = x.reduce((sum, rank, i) => sum + (rank - y[i]) ** 2, 0);
  return 1 - (6 * squares) / (a.length * (a.length ** 2 - 1));
}

function ranks(values) {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const of = new Array(values.length);
  for (const [rank, i] of order.entries()) of[i] = rank;
  return of;
}
