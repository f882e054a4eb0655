// How large a difference in the objective chance alone makes: what a zone's edge and a verdict are measured against.

export interface NoiseSources {
  /** Standard deviation over seeds at equal settings, from the confirmation; null where there was none. */
  seedDeviation: number | null;
  /** Standard errors of paired differences to the best trial over the validation examples. */
  pairedErrors: readonly number[];
  /** The best objective, which sets the scale where neither is known. */
  best: number;
}

/** Of the objective, where seeds were not repeated: measured 0.026 on examples/feedback and 0.010 on examples/formal (benchmarks/learning-curves). */
const usualDeviation = 0.02;

/**
 * 95th percentile (one-sided, 1.645 standard deviations) of the difference that chance makes between two runs: over
 * seeds both runs vary, so √2 · the deviation; over validation examples it is the paired error. The larger of the two
 * counts; a deviation of 2 % of the objective where neither was measured.
 */
export function noiseLevel({ seedDeviation, pairedErrors, best }: NoiseSources): number {
  const sorted = pairedErrors.filter(Number.isFinite).sort((a, b) => a - b);
  const paired = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const measured = Math.max(Math.SQRT2 * (seedDeviation ?? 0), paired);
  const deviation = measured > 0 ? measured : Math.SQRT2 * usualDeviation * Math.abs(best);
  return Math.max(1.645 * deviation, 1e-6);
}
