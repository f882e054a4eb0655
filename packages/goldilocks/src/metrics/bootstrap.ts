// How sure a number measured on a sample of examples is.

/** Mean and its standard error over examples: s/√n with the unbiased variance; the error of one example is 0. */
export function meanAndError(values: readonly number[]): { mean: number; standardError: number } {
  const n = values.length;
  if (n === 0) return { mean: Number.NaN, standardError: Number.NaN };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, standardError: 0 };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, standardError: Math.sqrt(variance / n) };
}

/**
 * Standard error of any statistic of a set of examples, by drawing `rounds` sets of the same size with replacement
 * (Efron 1979). `statistic` gets the drawn examples' indices. Same seed, same answer.
 */
export function bootstrapError(
  size: number,
  statistic: (indices: readonly number[]) => number,
  { rounds = 200, seed = 0 }: { rounds?: number; seed?: number } = {},
): number {
  if (size < 2) return 0;
  const random = mulberry32(seed);
  const statistics = Array.from({ length: rounds }, () =>
    statistic(Array.from({ length: size }, () => Math.floor(random() * size))),
  );
  return meanAndError(statistics).standardError * Math.sqrt(rounds);
}

/** Uniform numbers in [0, 1) from a 32-bit seed. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
