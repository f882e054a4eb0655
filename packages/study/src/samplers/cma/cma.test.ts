import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { symmetricEigen } from '../../numerics/eigen.js';
import { RandomGenerator } from '../../numerics/random.js';
import { CmaStrategy } from './cma.js';
import { promisingRegion } from './warm-start.js';

interface Case {
  size: number;
  counts: number[];
  generations: {
    solutions: { x: number[]; value: number }[];
    mean: number[];
    sigma: number;
    covariance: number[];
    spread: number[];
  }[];
}

/** Borders of equal cells, of which a coordinate has `count`. */
function bordersOf(count: number, mean: number): readonly [number, number] | null {
  if (count === 0) return null;
  const cell = Math.min(count - 1, Math.max(0, Math.ceil(mean * count) - 1));
  const border = (k: number) => Math.min(count - 1, Math.max(1, k)) / count;
  return [border(cell), border(cell + 1)];
}

const reference = golden<{
  strategies: Case[];
  warm_start: { solutions: { x: number[]; value: number }[]; mean: number[]; sigma: number; covariance: number[] };
}>('cma');

describe.each(reference.strategies.map((one, i) => [i, one.counts.length, one.size, one] as const))(
  'case %i: %i dimensions, %i points a generation',
  (_, n, size, one) => {
    test('mean, step size, covariance and margin agree with cmaes', () => {
      const borders = (d: number, mean: number) => bordersOf(one.counts[d]!, mean);
      const strategy = new CmaStrategy(new Float64Array(n).fill(0.4), 1 / 6, size, borders);
      expect(new CmaStrategy(new Float64Array(n), 1).populationSize).toBe(4 + Math.floor(3 * Math.log(n)));
      for (const [g, expected] of one.generations.entries()) {
        strategy.tell(expected.solutions.map(({ x, value }) => ({ x: Float64Array.from(x), value })));
        expectClose(strategy.sigma, expected.sigma, 1e-9, `step size ${g}`);
        for (let i = 0; i < n; i++) {
          expect(Math.abs(strategy.mean[i]! - expected.mean[i]!), `mean ${g}, ${i}`).toBeLessThan(1e-8);
          expectClose(strategy.spread[i]!, expected.spread[i]!, 1e-7, `spread ${g}, ${i}`);
        }
        for (const [at, value] of expected.covariance.entries()) {
          expect(Math.abs(strategy.covariance[at]! - value), `covariance ${g}, ${at}`).toBeLessThan(1e-9);
        }
      }
    });
  },
);

test('a warm start is that of cmaes', () => {
  const { solutions, ...expected } = reference.warm_start;
  const region = promisingRegion(solutions.map(({ x, value }) => ({ x: Float64Array.from(x), value })));
  expectClose(region.sigma, expected.sigma, 1e-12);
  for (const [i, value] of expected.mean.entries()) expectClose(region.mean[i]!, value, 1e-12);
  for (const [i, value] of expected.covariance.entries()) {
    expect(Math.abs(region.covariance[i]! - value)).toBeLessThan(1e-11);
  }
});

test('finds the valley of a rotated ellipsoid', () => {
  const strategy = new CmaStrategy(Float64Array.of(0.2, 0.8, 0.5), 0.2);
  const height = ([a, b, c]: readonly number[]) => (a! + b! - 0.9) ** 2 + 100 * (a! - b! + 0.1) ** 2 + (c! - 0.3) ** 2;
  const random = RandomGenerator.of(1);
  for (let g = 0; g < 80; g++) {
    const points = Array.from({ length: strategy.populationSize }, () => strategy.draw(random));
    for (const x of points) expect(x.every((value) => value >= 0 && value <= 1)).toBe(true);
    strategy.tell(points.map((x) => ({ x, value: height([...x]) })));
  }
  for (const [i, best] of [0.4, 0.5, 0.3].entries()) expect(Math.abs(strategy.mean[i]! - best)).toBeLessThan(1e-3);
});

test('eigenvectors rebuild their matrix', () => {
  const n = 6;
  const random = RandomGenerator.of(4);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.uniform() - 0.5;
  const { values, vectors } = symmetricEigen(matrix, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [entry, product] = [0, 0];
      for (let k = 0; k < n; k++) {
        entry += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
        product += vectors[k * n + i]! * vectors[k * n + j]!;
      }
      expect(Math.abs(entry - matrix[i * n + j]!)).toBeLessThan(1e-12);
      expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12);
    }
  }
});
