/** Comparing two samples of studies. */

export { median } from '../alternate.mjs';

/**
 * Two-sided p-value of the test of Mann and Whitney that neither sample tends to be larger, by the normal approximation with
 * corrections for ties and continuity, as `scipy.stats.mannwhitneyu(…, method='asymptotic')`.
 */
export function mannWhitney(a, b) {
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))];
  all.sort((x, y) => x.value - y.value);
  const n = all.length;
  let [rankSum, ties] = [0, 0];
  for (let start = 0; start < n; ) {
    let end = start;
    while (end < n && all[end].value === all[start].value) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (all[i].first) rankSum += rank;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const variance = ((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance === 0) return 1;
  const z = Math.max(0, Math.abs(u - mean) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

/** P(Z > z) for z ≥ 0: a continued fraction far out, the series of the error function near 0. */
function normalTail(z) {
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let [term, sum] = [z, z];
  for (let k = 1; k < 100; k++) sum += term *= (z * z) / (2 * k + 1);
  return 0.5 - density * sum;
}

/**
 * Holm's correction for many comparisons: p-values that may each be held against the same level.
 * @param {number[]} values
 */
export function holm(values) {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const corrected = new Array(values.length);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (values.length - rank) * values[i]));
    corrected[i] = highest;
  }
  return corrected;
}
