/** Paired comparison: what both sides share, such as a seed or a hard example, cancels in the differences. */

import { InvalidValuesError } from '../errors.js';
import { studentCdf } from '../numerics/student.js';

export interface PairedDifference {
  /** Mean of first − second. */
  readonly mean: number;
  /** s/√n with the unbiased variance of the differences; NaN for one pair. */
  readonly standardError: number;
  readonly pairs: number;
  /** The one-sided p-value of «first is below second on average» by the paired t-test; NaN for one pair. */
  readonly pBelow: number;
}

/**
 * The mean difference of values measured on the same seeds, folds or examples, in the same order. SciPy's
 * `ttest_rel(first, second, alternative='less')` gives the same.
 * @throws InvalidValuesError when there are none, or not as many of each
 */
export function pairedDifference(first: ArrayLike<number>, second: ArrayLike<number>): PairedDifference {
  const pairs = first.length;
  if (pairs === 0 || second.length !== pairs)
    throw new InvalidValuesError(
      `pairedDifference: ${pairs} and ${second.length} values cannot be paired; give the same number of each, at least one.`,
    );
  const differences = Array.from(first, (value, i) => value - second[i]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / pairs;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (pairs === 1) return { mean, standardError: Number.NaN, pairs, pBelow: Number.NaN };
  const standardError = Math.sqrt(squares / (pairs - 1) / pairs);
  // Differences that are all the same leave no doubt.
  const t = standardError > 0 ? mean / standardError : mean * Number.POSITIVE_INFINITY;
  return { mean, standardError, pairs, pBelow: mean === 0 ? 0.5 : studentCdf(t, pairs - 1) };
}
