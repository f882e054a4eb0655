/** The standard normal distribution and its truncation to an interval, in logarithms so that far tails stay exact. */

import { erfc, erfcx } from './erf.js';

const SQRT_HALF = Math.SQRT1_2;
export const LOG_SQRT_2PI = 0.9189385332046728;

/** P(Z ≤ x). */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * SQRT_HALF);
}

/** log P(Z ≤ x); finite for every finite x whose square is. */
export function logNormalCdf(x: number): number {
  if (x >= 0) return Math.log1p(-0.5 * erfc(x * SQRT_HALF));
  return Math.log(0.5 * erfcx(-x * SQRT_HALF)) - 0.5 * x * x;
}

/** The x with log P(Z ≤ x) = y, for y ≤ 0. Halley's iteration in the logarithm. */
export function normalQuantileOfLog(y: number): number {
  if (y === 0) return Number.POSITIVE_INFINITY;
  if (y === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  // Work in the left half, where the logarithm of the probability keeps its digits.
  if (y > -Math.LN2) return -normalQuantileOfLog(Math.log(-Math.expm1(y)));
  let x = y > -5 ? (-Math.sqrt(3) / Math.PI) * Math.log(Math.expm1(-y)) : -Math.sqrt(-2 * (y + LOG_SQRT_2PI));
  for (let i = 0; i < 50; i++) {
    const logCdf = logNormalCdf(x);
    const hazard = Math.exp(-0.5 * x * x - LOG_SQRT_2PI - logCdf);
    const newton = (logCdf - y) / hazard;
    const step = newton / (1 + 0.5 * newton * (x + hazard));
    x -= step;
    if (Math.abs(step) <= 1e-13 * (1 + Math.abs(x))) break;
  }
  return x;
}

/** log P(a < Z ≤ b), for a ≤ b. */
export function logNormalMass(a: number, b: number): number {
  if (a > 0) return logNormalMass(-b, -a);
  if (b > 0) {
    // Beyond 8.5 a tail is below half a unit in the last place of 1.
    if (a < -8.5 && b > 8.5) return 0;
    return Math.log1p(-normalCdf(a) - normalCdf(-b));
  }
  const right = logNormalCdf(b);
  return right + Math.log1p(-Math.exp(logNormalCdf(a) - right));
}

/** The x in [a, b] below which lies the share q of a standard normal truncated to [a, b]. */
export function truncatedNormalQuantile(q: number, a: number, b: number): number {
  if (q <= 0) return a;
  if (q >= 1) return b;
  if (a >= 0) return -truncatedNormalQuantile(1 - q, -b, -a);
  const x = normalQuantileOfLog(logAdd(logNormalCdf(a), Math.log(q) + logNormalMass(a, b)));
  return Math.min(b, Math.max(a, x));
}

/** log(exp(x) + exp(y)). */
export function logAdd(x: number, y: number): number {
  const larger = Math.max(x, y);
  if (larger === Number.NEGATIVE_INFINITY) return larger;
  return larger + Math.log1p(Math.exp(Math.min(x, y) - larger));
}
