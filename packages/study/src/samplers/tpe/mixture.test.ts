import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { contains } from '../../distributions/representation.js';
import { RandomGenerator } from '../../numerics/random.js';
import { goodCount, isNumeric, toScale } from './kernels.js';
import { ParzenMixture } from './mixture.js';

interface Case {
  name: string;
  space: Record<string, string>;
  observations: Record<string, number[]>;
  points: Record<string, number[]>;
  weights: number[];
  kernels: ({ mu: number[]; sigma: number[] } | { weights: number[][] })[] | null;
  log_density: number[];
}
const reference = golden<{ cases: Case[]; gamma: [number, number][] }>('parzen');

function mixtureOf({ space, observations }: Case): ParzenMixture {
  return new ParzenMixture(
    Object.entries(space).map(([name, text]) => {
      const distribution = parseDistribution(text);
      const scale = (x: number) => (distribution.type === 'categorical' ? x : toScale(distribution, x));
      return { distribution, observations: Float64Array.from(observations[name]!, scale) };
    }),
  );
}

describe('the Parzen estimator agrees with Optuna 5', () => {
  test.each(reference.cases.map((one) => [one.name, one.weights.length - 1, one] as const))(
    '%s, %i observations',
    (_, __, one) => {
      const mixture = mixtureOf(one);
      for (const [k, weight] of mixture.weights.entries()) expectClose(weight, one.weights[k]!, 1e-13, 'weight');
      for (const [d, expected] of one.kernels?.entries() ?? []) {
        const kernels = mixture.dimensions[d]!;
        if ('mu' in expected && isNumeric(kernels)) {
          for (const [k, mu] of expected.mu.entries()) expectClose(kernels.mu[k]!, mu, 1e-13, 'mu');
          for (const [k, sigma] of expected.sigma.entries()) expectClose(kernels.sigma[k]!, sigma, 1e-9, 'sigma');
        } else if ('weights' in expected && !isNumeric(kernels)) {
          for (const [k, observed] of kernels.observed.entries()) {
            for (const [choice, weight] of expected.weights[k]!.entries()) {
              expectClose(choice === observed ? kernels.hit : kernels.miss, weight, 1e-13, 'choice');
            }
          }
        } else {
          expect.unreachable('kernels of another kind');
        }
      }
      const points = Object.values(one.points).map((xs) => Float64Array.from(xs));
      for (const [i, density] of mixture.logDensity(points).entries()) {
        expect(Math.abs(density - one.log_density[i]!), `density ${i}`).toBeLessThan(1e-8);
      }
    },
  );
  test('the comparison notices a bandwidth that is off by a thousandth', () => {
    const one = reference.cases.find(({ name, weights }) => name === 'float' && weights.length === 8)!;
    const mixture = mixtureOf(one);
    const kernels = mixture.dimensions[0]!;
    if (isNumeric(kernels)) kernels.sigma[2]! *= 1.001;
    const densities = mixture.logDensity([Float64Array.from(one.points.x!)]);
    expect(Math.max(...densities.map((density, i) => Math.abs(density - one.log_density[i]!)))).toBeGreaterThan(1e-8);
  });
  test('the number of good trials', () => {
    for (const [n, good] of reference.gamma) expect(goodCount(n)).toBe(good);
  });
});

describe('draws', () => {
  test('are values of the distributions', () => {
    for (const one of reference.cases) {
      const mixture = mixtureOf(one);
      const points = mixture.draw(200, RandomGenerator.of(1));
      for (const [d, { distribution }] of mixture.dimensions.entries()) {
        for (const x of points[d]!) expect(contains(distribution, x), `${one.name}: ${x}`).toBe(true);
      }
    }
  });
  test('follow the density: their histogram agrees with it', () => {
    const one = reference.cases.find(({ name, weights }) => name === 'int_step' && weights.length === 8)!;
    const mixture = mixtureOf(one);
    const [xs] = mixture.draw(40_000, RandomGenerator.of(3));
    for (let value = 8; value <= 64; value += 8) {
      const share = xs!.filter((x) => x === value).length / 40_000;
      expect(Math.abs(share - Math.exp(mixture.logDensity([Float64Array.of(value)])[0]!))).toBeLessThan(0.01);
    }
  });
});
