// Paired comparisons of two runs: mean difference with its standard error, and Wilcoxon's signed-rank test.
import { type PairedDifference, pairedDifference } from '@goldilocks/study';

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of after − before. */
export interface PairedChange extends PairedDifference {
  /** mean / standardError; ±Infinity where every difference is the same and not 0, 0 where all are 0. */
  readonly t: number;
  /** Two-sided p value of the paired t test. */
  readonly pValue: number;
}

/**
 * Mean change of paired values, and how sure it is.
 * @throws RangeError for different lengths or fewer than two pairs.
 */
export function pairedChange(before: readonly number[], after: readonly number[]): PairedChange {
  if (before.length !== after.length || before.length < 2) {
    throw new RangeError(
      `Paired values must be equally many, and at least two: got ${before.length} and ${after.length}. Were both runs measured on the same validation examples?`,
    );
  }
  const paired = pairedDifference(after, before);
  const { mean: average, standardError, pBelow } = paired;
  const t = average === 0 ? 0 : average / standardError;
  return { ...paired, t, pValue: 2 * Math.min(pBelow, 1 - pBelow) };
}

/** Two-sided p value of a standard normal z: erfc(|z|/√2), by its series or, far out, its continued fraction. */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x > 3) {
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
  }
  let term = x;
  let sum = x;
  for (let k = 1; k < 100; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return Math.max(0, 1 - (2 / Math.sqrt(Math.PI)) * sum);
}

/** Ranks from 1, ties sharing their mean rank; and Σ(t³ − t) over groups of ties. */
function rank(values: number[]): { ranks: number[]; ties: number } {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, ties };
}

/** P(W ≤ w) · 2 for n differences without ties, by counting the subsets of 1…n with each sum. */
function exactTwoSided(w: number, n: number): number {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let value = 1; value <= n; value++) {
    for (let sum = counts.length - 1; sum >= value; sum--) counts[sum]! += counts[sum - value]!;
  }
  const below = counts.subarray(0, Math.floor(w) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * below) / 2 ** n);
}

/**
 * Two-sided p value of Wilcoxon's signed-rank test on paired values. Zero differences are left out; exact up to 50
 * differences without ties, else normal with the correction for ties (as SciPy does). 1 where nothing differs.
 */
export function wilcoxonTwoSided(before: readonly number[], after: readonly number[]): number {
  const all = before.map((value, i) => after[i]! - value);
  const differences = all.filter((value) => value !== 0);
  const n = differences.length;
  if (n === 0) return 1;
  const { ranks, ties } = rank(differences.map(Math.abs));
  const positive = ranks.reduce((sum, value, i) => (differences[i]! > 0 ? sum + value : sum), 0);
  const w = Math.min(positive, (n * (n + 1)) / 2 - positive);
  if (n <= 50 && ties === 0 && n === all.length) return exactTwoSided(w, n);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return normalTwoSided((w - (n * (n + 1)) / 4) / Math.sqrt(variance));
}
