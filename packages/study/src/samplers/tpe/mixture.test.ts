import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { categorical, float } from '../../distributions/distribution.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { logPrior } from '../../distributions/prior.js';
import { contains } from '../../distributions/representation.js';
import { coordinate } from '../../distributions/unit.js';
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

describe('what is recommended takes the place of the flat prior', () => {
  const rate = float(1e-5, 1e-1, { log: true, recommended: 1e-3, confidence: 0.75 });
  const choice = categorical(['a', 'b', 'c'], { recommended: 'b', confidence: 0.6 });
  const none = (informed: boolean) =>
    new ParzenMixture(
      [rate, choice].map((distribution) => ({ distribution, observations: new Float64Array(0) })),
      true,
      informed,
    );
  test('its density is that of the distributions', () => {
    const points = [Float64Array.of(1e-5, 1e-3, 5e-2), Float64Array.of(0, 1, 1)];
    const flat = -Math.log(Math.log(1e4)) - Math.log(3);
    for (const [i, density] of none(true).logDensity(points).entries()) {
      const prior = logPrior(rate, coordinate(rate, points[0]![i]!)) + logPrior(choice, points[1]![i]!);
      expectClose(density, flat + prior, 1e-12, 'informed');
    }
    const plain = [float(1e-5, 1e-1, { log: true }), categorical(['a', 'b', 'c'])].map((distribution) => ({
      distribution,
      observations: new Float64Array(0),
    }));
    expect(none(false).logDensity(points)).toEqual(new ParzenMixture(plain).logDensity(points));
  });
  test('points are drawn from it', () => {
    const [rates, choices] = none(true).draw(4000, RandomGenerator.of(1)) as [Float64Array, Float64Array];
    const mean = rates.reduce((sum, x) => sum + Math.log10(x) / 4000, 0);
    expect(mean).toBeCloseTo(-3, 1);
    expect(choices.filter((c) => c === 1).length / 4000).toBeCloseTo(0.6 + 0.4 / 3, 1);
  });
});
