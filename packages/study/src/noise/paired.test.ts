import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { InvalidValuesError } from '../errors.js';
import { studentCdf } from '../numerics/student.js';
import { gainOf } from './gain.js';
import { pairedDifference } from './paired.js';

const reference = golden<{
  student: [number, number, number][];
  paired: { first: number[]; second: number[]; mean: number; standard_error: number; p_below: number }[];
  gains: {
    prior: { mean: number; variance: number; noise: number }[];
    pairs: number[];
    example_error: number;
    mean: number;
    standard_error: number;
    probability_better: number;
  }[];
}>('paired');

test('Student’s t agrees with SciPy', () => {
  // Far tails lose relative digits, as any sum near 1 does.
  for (const [t, freedom, expected] of reference.student)
    expect(Math.abs(studentCdf(t, freedom) - expected)).toBeLessThan(1e-14);
});

describe('paired differences', () => {
  test('agree with SciPy’s ttest_rel and sem', () => {
    for (const one of reference.paired) {
      const { mean, standardError, pBelow, pairs } = pairedDifference(one.first, one.second);
      expect(pairs).toBe(one.first.length);
      expectClose(mean, one.mean, 1e-12);
      expectClose(standardError, one.standard_error, 1e-12);
      expectClose(pBelow, one.p_below, 1e-10);
    }
  });

  test('one pair has no error; none, or not as many of each, is refused', () => {
    expect(pairedDifference([1], [3])).toEqual({ mean: -2, standardError: Number.NaN, pairs: 1, pBelow: Number.NaN });
    expect(() => pairedDifference([], [])).toThrow(InvalidValuesError);
    expect(() => pairedDifference([1, 2], [1])).toThrow(/2 and 1 values/);
  });
});

test('the posterior of a gain agrees with the general formulas in SciPy', () => {
  for (const one of reference.gains) {
    const gain = gainOf(one.prior, one.pairs, one.example_error);
    expectClose(gain.mean, one.mean, 1e-10);
    expectClose(gain.standardError, one.standard_error, 1e-10);
    expectClose(gain.probabilityBetter, one.probability_better, 1e-10);
  }
});
