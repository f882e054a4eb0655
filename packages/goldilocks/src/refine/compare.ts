// Compares two runs on the same validation examples, pairwise.
import { mean, pairedChange, wilcoxonTwoSided } from './statistics.js';

export type ComparisonVerdict = 'better' | 'worse' | 'within noise';

export interface Comparison {
  verdict: ComparisonVerdict;
  /** Mean loss of an example, of each run. */
  before: number;
  after: number;
  /** Mean of after − before, negative = better, with its standard error. */
  difference: number;
  standardError: number;
  /** Two-sided p values: of the mean difference (paired t) and of the signed ranks (Wilcoxon). */
  pValue: number;
  wilcoxonPValue: number;
  /** In plain words, with the numbers. */
  sentence: string;
}

/** A difference this unlikely to be chance is called real. */
const significance = 0.05;

/** Fewer pairs than this don't make a mean normal: the rank test has to agree. */
const fewPairs = 30;

const format = (p: number) => (p < 0.001 ? 'below 0.001' : p.toFixed(3));

function verdictOf(difference: number, pValue: number, wilcoxonPValue: number, pairs: number): ComparisonVerdict {
  const real = pValue < significance && (pairs >= fewPairs || wilcoxonPValue < significance);
  if (!real) return 'within noise';
  return difference < 0 ? 'better' : 'worse';
}

/**
 * Compares two runs by the losses of the same validation examples in the same order. The verdict is about the mean, by
 * a paired t test at 5 %; with under 30 examples Wilcoxon's test has to agree. It speaks for these examples and these
 * seeds: another seed may differ.
 * @throws RangeError for different lengths or fewer than two examples.
 */
export function compareRuns(before: readonly number[], after: readonly number[]): Comparison {
  const paired = pairedChange(before, after);
  const { pValue } = paired;
  const wilcoxonPValue = wilcoxonTwoSided(before, after);
  const verdict = verdictOf(paired.mean, pValue, wilcoxonPValue, paired.pairs);
  const from = mean(before);
  const to = mean(after);
  const chance =
    verdict === 'within noise'
      ? `which chance alone would make often (p = ${format(pValue)})`
      : `hardly by chance (p ${pValue < 0.001 ? '' : '= '}${format(pValue)})`;
  return {
    verdict,
    before: from,
    after: to,
    difference: paired.mean,
    standardError: paired.standardError,
    pValue,
    wilcoxonPValue,
    sentence: `${verdict}: the mean loss of ${paired.pairs} validation examples went from ${from.toFixed(3)} to ${to.toFixed(3)}, ${chance}`,
  };
}
