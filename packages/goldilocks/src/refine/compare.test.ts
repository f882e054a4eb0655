import { describe, expect, it } from 'vitest';
import { draws } from '../../test/synthetic-runs.js';
import { compareRuns } from './compare.js';

const losses = (n: number, seed: number) => draws(n, seed).map((z) => Math.exp(0.5 * z));

describe('compareRuns', () => {
  it('sees a small difference through large differences between examples', () => {
    const before = losses(90, 1);
    const after = before.map((loss, i) => loss - 0.05 + 0.1 * draws(90, 2)[i]!);
    const comparison = compareRuns(before, after);
    expect(comparison.verdict).toBe('better');
    expect(comparison.difference).toBeLessThan(0);
    expect(comparison.sentence).toMatch(/^better: the mean loss of 90 validation examples went from/);
    expect(compareRuns(after, before).verdict).toBe('worse');
  });

  it('calls pure noise noise, about 19 times of 20', () => {
    let real = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const before = losses(60, seed);
      const jitter = draws(60, seed + 1000);
      if (
        compareRuns(
          before,
          before.map((loss, i) => loss + 0.2 * jitter[i]!),
        ).verdict !== 'within noise'
      )
        real++;
    }
    expect(real).toBeLessThanOrEqual(20);
    expect(real).toBeGreaterThanOrEqual(2);
  });

  it('calls equal runs equal, and refuses runs on other examples', () => {
    expect(compareRuns([1, 2, 3], [1, 2, 3])).toMatchObject({ verdict: 'within noise', pValue: 1, wilcoxonPValue: 1 });
    expect(() => compareRuns([1, 2, 3], [1, 2])).toThrow(/same validation examples/);
  });
});
