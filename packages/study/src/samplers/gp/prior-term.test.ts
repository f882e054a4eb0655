import { expect, test } from 'vitest';
import { float } from '../../distributions/distribution.js';
import { GaussianProcess } from './gaussian-process.js';
import { trustIn } from './prior-term.js';
import { UnitSpace } from './unit-space.js';

const unit = new UnitSpace({ x: float(0, 1, { recommended: 0.9 }), y: float(0, 1) });
const parameters = { inverseSquaredLengths: Float64Array.of(9, 9), scale: 1, noise: 1e-6 };
/** Values at x = 0.1 and x = 0.9, y being 0.5. */
const processOf = (low: number, high: number) =>
  new GaussianProcess(
    {
      points: Float64Array.of(0.1, 0.5, 0.9, 0.5),
      values: Float64Array.of(low, high),
      isCategorical: [false, false],
    },
    parameters,
  );

test('a recommendation is trusted until its values, put into the best setting, are measured to be far worse', () => {
  expect(trustIn(unit, processOf(-1, 1), Float64Array.of(0.9, 0.5))).toBe(1);
  expect(trustIn(unit, processOf(1, -1), Float64Array.of(0.1, 0.5))).toBe(0);
  expect(trustIn(unit, processOf(0.25, -0.25), Float64Array.of(0.1, 0.5))).toBeCloseTo(0.5, 2);
  const unmeasured = new UnitSpace({ x: float(0, 1), y: float(0, 1, { recommended: 0 }) });
  expect(trustIn(unmeasured, processOf(1, -1), Float64Array.of(0.1, 0.5))).toBeGreaterThan(0.8);
});
