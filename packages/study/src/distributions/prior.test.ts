import { expect, test } from 'vitest';
import { categorical, float, int } from './distribution.js';
import { logPrior, logPriorSlope, priorQuantile } from './prior.js';

const rate = float(1e-4, 1e-2, { log: true, recommended: 1e-3, confidence: 0.8 });

test('the density of a number is one over its range, its slope that of finite differences, its quantiles its own', () => {
  let total = 0;
  for (let i = 0; i < 1000; i++) total += Math.exp(logPrior(rate, (i + 0.5) / 1000)) / 1000;
  expect(Math.abs(total - 1)).toBeLessThan(1e-5);
  for (const x of [0.1, 0.5, 0.93]) {
    const slope = (logPrior(rate, x + 1e-6) - logPrior(rate, x - 1e-6)) / 2e-6;
    expect(Math.abs(slope - logPriorSlope(rate, x))).toBeLessThan(1e-5);
  }
  expect(Math.abs(priorQuantile(rate, 0.5) - 0.5)).toBeLessThan(1e-9);
  const quarter = priorQuantile(rate, 0.25);
  let below = 0;
  for (let i = 0; i < 1000; i++) below += (Math.exp(logPrior(rate, (quarter * (i + 0.5)) / 1000)) * quarter) / 1000;
  expect(Math.abs(below - 0.25)).toBeLessThan(1e-5);
});

test('a recommended choice has its confidence and a fair share of the rest', () => {
  const choice = categorical(['a', 'b', 'c', 'd'], { recommended: 'b', confidence: 0.6 });
  expect(Math.exp(logPrior(choice, 1)) / 4).toBeCloseTo(0.7, 12);
  expect(Math.exp(logPrior(choice, 3)) / 4).toBeCloseTo(0.1, 12);
  const drawn = [0.05, 0.15, 0.75, 0.85, 0.95].map((u) => Math.floor(priorQuantile(choice, u) * 4));
  expect(drawn).toEqual([0, 1, 1, 2, 3]);
});

test('without a recommendation nothing is preferred', () => {
  expect([logPrior(int(1, 9), 0.3), logPriorSlope(int(1, 9), 0.3), priorQuantile(int(1, 9), 0.3)]).toEqual([0, 0, 0.3]);
});
