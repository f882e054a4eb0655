// How large a difference in the objective chance alone makes: what a zone's edge and a verdict are measured against.

export interface NoiseSources {
  /** Standard deviation over seeds at equal settings, from the confirmation; null where there was none. */
  seedDeviation: number | null;
  /** Standard errors of paired differences to the best trial over the validation examples. */
  pairedErrors: readonly number[];
  /** The best objective, which sets the scale where neither is known. */
  best: number;
}

/**
 * 95th percentile (one-sided, 1.645 standard deviations) of the difference that chance makes between two runs: over
 * seeds both runs vary, so √2 · the deviation; over validation examples it is the paired error. The larger of the two
 * counts; 1 % of the objective where neither was measured.
 */
export function noiseLevel({ seedDeviation, pairedErrors, best }: NoiseSources): number {
  const sorted = pairedErrors.filter(Number.isFinite).sort((a, b) => a - b);
  const paired = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const deviation = Math.max(Math.SQRT2 * (seedDeviation ?? 0), paired);
  return deviation > 0 ? 1.645 * deviation : Math.max(0.01 * Math.abs(best), 1e-6);
}
