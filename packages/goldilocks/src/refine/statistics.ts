// Paired comparisons: mean difference with its standard error, Student's t and Wilcoxon's signed-rank test.

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface PairedDifference {
  /** Mean of after − before. */
  mean: number;
  standardError: number;
  /** mean / standardError; ±Infinity where every difference is the same and not 0, 0 where all are 0. */
  t: number;
  count: number;
}

/**
 * Mean difference of paired values, and how sure it is.
 * @throws RangeError for different lengths or fewer than two pairs.
 */
export function pairedDifference(before: readonly number[], after: readonly number[]): PairedDifference {
  if (before.length !== after.length || before.length < 2) {
    throw new RangeError(
      `Paired values must be equally many, and at least two: got ${before.length} and ${after.length}. Were both runs measured on the same validation examples?`,
    );
  }
  const differences = before.map((value, i) => after[i]! - value);
  const average = mean(differences);
  const variance = mean(differences.map((value) => (value - average) ** 2)) * (before.length / (before.length - 1));
  const standardError = Math.sqrt(variance / before.length);
  const t = average === 0 ? 0 : average / standardError;
  return { mean: average, standardError, t, count: before.length };
}

/** Logarithm of the gamma function for x > 0, by Stirling's series from x ≥ 10 on; error below 1e-12. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 10) shift -= Math.log(z++);
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5) - 1 / (1680 * z ** 7);
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}

/** Continued fraction of the incomplete beta function (modified Lentz), for x < (a + 1)/(a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / nonZero(1 + term * d);
      c = nonZero(1 + term / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}

/** Regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Two-sided p value of Student's t with ν degrees of freedom. */
export function studentTwoSided(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return Number.isNaN(t) ? 1 : 0;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
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
