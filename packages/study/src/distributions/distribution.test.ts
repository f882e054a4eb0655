import { describe, expect, expectTypeOf, test } from 'vitest';
import { InvalidDistributionError, InvalidParameterError, StorageCorruptError } from '../errors.js';
import { categorical, checkCompatible, contains, float, int, type ParamsOf, sameDistribution } from './distribution.js';
import { formatDistribution, parseDistribution } from './optuna-json.js';
import { fromUnit, isSingle, toExternal, toInternal } from './representation.js';

describe('distributions', () => {
  test('end at the last point of their lattice, in decimals', () => {
    expect(float(0, 1, { step: 0.1 }).high).toBe(1);
    expect(float(0, 1, { step: 0.3 }).high).toBe(0.9);
    expect(float(1e-7, 1e-6, { step: 2e-7 }).high).toBe(9e-7);
    expect(float(-0.55, 0.5, { step: 0.25 }).high).toBe(0.45);
    expect(int(1, 10, { step: 4 }).high).toBe(9);
  });
  test.each([
    () => float(1, 0),
    () => float(0, 1, { log: true }),
    () => float(0, Number.NaN),
    () => float(0, Number.POSITIVE_INFINITY),
    () => float(1, 2, { log: true, step: 0.1 }),
    () => float(1, 2, { step: 0 }),
    () => int(0.5, 2),
    () => int(0, 5, { log: true }),
    () => int(1, 5, { log: true, step: 2 }),
    () => int(1, 5, { step: 0 }),
    () => categorical([]),
  ])('that hold no values are refused: %s', (make) => {
    expect(make).toThrow(InvalidDistributionError);
  });
  test('give their parameters types', () => {
    type Params = ParamsOf<{ a: ReturnType<typeof float>; b: ReturnType<typeof categorical<'x' | 4>> }>;
    expectTypeOf<Params>().toEqualTypeOf<{ readonly a: number; readonly b: 'x' | 4 }>();
  });
  test('share a name when kind, log and choices agree', () => {
    checkCompatible('x', float(0, 1), float(2, 3, { step: 0.5 }));
    expect(() => checkCompatible('x', float(1, 2), int(1, 2))).toThrow(/'x'.*float.*int/);
    expect(() => checkCompatible('x', int(1, 2), int(1, 2, { log: true }))).toThrow(/log/);
    expect(() => checkCompatible('x', categorical([1]), categorical([2]))).toThrow(/choices/);
  });
  test('know their values', () => {
    expect(contains(float(0, 0.5, { step: 0.05 }), 0.15000000000000002)).toBe(true);
    expect(contains(float(0, 0.5, { step: 0.05 }), 0.16)).toBe(false);
    expect(contains(int(8, 64, { step: 8 }), 12)).toBe(false);
    expect(isSingle(float(0, 0.9, { step: 1 }))).toBe(true);
    const choices = categorical([null, Number.NaN, { a: [1] }, 1, true]);
    for (const [i, choice] of choices.choices.entries()) {
      expect(toInternal('x', choices, choice)).toBe(i);
      expect(toExternal(choices, i)).toEqual(choice);
    }
    expect(() => toInternal('x', choices, 'none')).toThrow(InvalidParameterError);
    expect(() => toInternal('x', float(1, 2, { log: true }), -1)).toThrow(/positive/);
  });
  test('divide the unit interval evenly among their values', () => {
    expect([0, 0.2, 0.5, 0.999].map((u) => fromUnit(int(1, 4), u))).toEqual([1, 1, 3, 4]);
    expect(fromUnit(float(1e-4, 1, { log: true }), 0.5)).toBeCloseTo(1e-2, 12);
    expect(fromUnit(categorical(['a', 'b']), 0.5)).toBe('b');
  });
});

describe("Optuna's JSON", () => {
  test.each([
    [
      '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}',
      float(1e-5, 0.1, { log: true }),
    ],
    [
      '{"name": "IntDistribution", "attributes": {"log": false, "step": 8, "low": 8, "high": 64}}',
      int(8, 64, { step: 8 }),
    ],
    [
      '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, 1, 2.5, true, NaN]}}',
      categorical(['a', null, 1, 2.5, true, Number.NaN]),
    ],
    ['{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}', float(0, 1)],
    ['{"name": "LogUniformDistribution", "attributes": {"low": 0.1, "high": 1.0}}', float(0.1, 1, { log: true })],
    [
      '{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.5}}',
      float(0, 1, { step: 0.5 }),
    ],
    ['{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 2}}', int(1, 9, { step: 2 })],
    ['{"name": "IntLogUniformDistribution", "attributes": {"low": 1, "high": 9, "step": 1}}', int(1, 9, { log: true })],
  ])('%s', (text, distribution) => {
    expect(parseDistribution(text)).toEqual(distribution);
    expect(sameDistribution(parseDistribution(formatDistribution(distribution)), distribution)).toBe(true);
  });
  test('keys are in the order Optuna writes', () => {
    expect(formatDistribution(float(0, 1))).toBe(
      '{"name":"FloatDistribution","attributes":{"step":null,"low":0,"high":1,"log":false}}',
    );
  });
  test('what is none is refused', () => {
    for (const text of ['', '{}', '{"name": "NormalDistribution", "attributes": {}}']) {
      expect(() => parseDistribution(text)).toThrow(StorageCorruptError);
    }
  });
});
