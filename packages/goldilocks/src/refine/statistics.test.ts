import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalTwoSided, pairedChange, wilcoxonTwoSided } from './statistics.js';

interface Golden {
  cases: {
    name: string;
    before: number[];
    after: number[];
    mean: number;
    standardError: number;
    t: number;
    pValue: number;
    wilcoxonPValue: number;
  }[];
  normal: [z: number, p: number][];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../../goldens/refine/paired.json', import.meta.url), 'utf8'),
);

const relative = (actual: number, expected: number) =>
  Math.abs(actual - expected) / Math.max(1e-300, Math.abs(expected));

describe('paired tests, against SciPy', () => {
  it.each(golden.cases)('$name', ({ before, after, ...expected }) => {
    const paired = pairedChange(before, after);
    expect(paired.mean).toBeCloseTo(expected.mean, 12);
    expect(paired.standardError).toBeCloseTo(expected.standardError, 12);
    expect(paired.t).toBeCloseTo(expected.t, 9);
    // 1e-15 is all that the study's distribution function is exact to: far below what a verdict asks.
    expect(Math.abs(paired.pValue - expected.pValue)).toBeLessThan(1e-8 * expected.pValue + 4e-15);
    expect(relative(wilcoxonTwoSided(before, after), expected.wilcoxonPValue)).toBeLessThan(1e-8);
  });

  it.each(golden.normal)('z = %f', (z, p) => expect(relative(normalTwoSided(z), p)).toBeLessThan(1e-9));

  it('hold at the edges', () => {
    expect(pairedChange([1, 2], [1, 2]).t).toBe(0);
    expect(pairedChange([1, 2], [2, 3]).t).toBe(Number.POSITIVE_INFINITY);
    expect(wilcoxonTwoSided([1, 2], [1, 2])).toBe(1);
    expect(() => pairedChange([1, 2], [1])).toThrow(/same validation examples/);
  });
});
