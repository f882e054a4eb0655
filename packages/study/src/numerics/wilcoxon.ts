/** Wilcoxon's signed-rank test of paired differences (Biometrics Bulletin 1, 1945), zeros split between the sides. */

import { normalCdf } from './normal.js';

/** Samples without ties and zeros up to this size, and any up to the second, are judged by the exact distribution. */
const EXACT_SIZE = 50;
const EXACT_SIZE_WITH_TIES = 13;

/**
 * The one-sided p-value of «the differences tend to be above zero», as SciPy's `wilcoxon` gives it with
 * `alternative='greater', zero_method='zsplit'`. NaN for no differences.
 */
export function wilcoxonGreater(differences: ArrayLike<number>): number {
  const n = differences.length;
  if (n === 0) return Number.NaN;
  const { ranks, tieSizes } = doubledRanks(differences);
  // All in half ranks, so that averages over ties are integers.
  let observed = 0;
  let zeros = 0;
  for (let i = 0; i < n; i++) {
    if (differences[i] === 0) zeros += ranks[i]!;
    else if (differences[i]! > 0) observed += ranks[i]!;
  }
  const nonzero = ranks.filter((_, i) => differences[i] !== 0);
  const isPlain = nonzero.length === n && tieSizes.every((size) => size === 1);
  if (n <= (isPlain ? EXACT_SIZE : EXACT_SIZE_WITH_TIES)) return upperTail(nonzero, observed);
  const mean = (n * (n + 1)) / 4;
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
  return normalCdf(-((observed + zeros / 2) / 2 - mean) / deviation);
}

/** Twice the rank of each magnitude, ties sharing their average; and how many share each. */
function doubledRanks(differences: ArrayLike<number>): { ranks: Int32Array; tieSizes: number[] } {
  const magnitudes = Float64Array.from(differences, Math.abs);
  const order = Array.from(magnitudes, (_, i) => i).sort((a, b) => magnitudes[a]! - magnitudes[b]!);
  const ranks = new Int32Array(order.length);
  const tieSizes: number[] = [];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && magnitudes[order[end]!] === magnitudes[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = start + end + 1;
    tieSizes.push(end - start);
  }
  return { ranks, tieSizes };
}

/** Share of the sign patterns whose positive ranks sum to at least `observed`; counts stay exact below 2⁵³. */
function upperTail(ranks: Int32Array, observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const counts = new Float64Array(total + 1);
  counts[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
  }
  let above = 0;
  for (let sum = observed; sum <= total; sum++) above += counts[sum]!;
  return above / 2 ** ranks.length;
}
