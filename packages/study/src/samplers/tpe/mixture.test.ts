import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { categorical, contains, type Distribution, float, int } from '../../distributions/distribution.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { logPrior } from '../../distributions/prior.js';
import { fromUnit, toInternal } from '../../distributions/representation.js';
import { coordinate } from '../../distributions/unit.js';
import { LOG_SQRT_2PI, logNormalMass } from '../../numerics/normal.js';
import { RandomGenerator } from '../../numerics/random.js';
import { ChoiceKernels } from './choice-kernels.js';
import type { Kernels } from './dimension-kernels.js';
import { goodCount, mixtureWeights, toScale } from './kernels.js';
import { bestRatio } from './log-density.js';
import { ParzenMixture } from './mixture.js';
import { PRIOR } from './numeric-kernels.js';

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

function mixtureOf({ space, observations }: Pick<Case, 'space' | 'observations'>): ParzenMixture {
  const distributions = Object.values(space).map(parseDistribution);
  const columns = Object.keys(space).map((name, d) => observations[name]!.map((x) => scaled(distributions[d]!, x)));
  const mixture = new ParzenMixture(distributions);
  mixture.add(columns[0]!.map((_, number) => ({ number, values: columns.map((column) => column[number]!) })));
  return mixture;
}

function scaled(distribution: Distribution, x: number): number {
  return distribution.type === 'categorical' ? x : toScale(distribution, x);
}

describe('the Parzen estimator agrees with Optuna 5', () => {
  test.each(reference.cases.map((one) => [one.name, one.weights.length - 1, one] as const))(
    '%s, %i observations',
    (_, __, one) => {
      const mixture = mixtureOf(one);
      for (const [k, weight] of mixtureWeights(mixture.count).entries()) {
        expectClose(weight, one.weights[k]!, 1e-13, 'weight');
      }
      const slots = [...mixture.slots, PRIOR];
      for (const [d, expected] of one.kernels?.entries() ?? []) {
        const kernels = mixture.dimensions[d]!;
        if ('mu' in expected && !(kernels instanceof ChoiceKernels)) {
          for (const [k, mu] of expected.mu.entries()) expectClose(kernels.mu[slots[k]!]!, mu, 1e-13, 'mu');
          for (const [k, sigma] of expected.sigma.entries())
            expectClose(kernels.sigma[slots[k]!]!, sigma, 1e-9, 'sigma');
        } else if ('weights' in expected && kernels instanceof ChoiceKernels) {
          const { hit, miss } = kernels.probabilities;
          for (const [k, slot] of mixture.slots.entries()) {
            for (const [choice, weight] of expected.weights[k]!.entries()) {
              expectClose(choice === kernels.observed(slot) ? hit : miss, weight, 1e-13, 'choice');
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
  test('the comparison notices a value that is off by a thousandth', () => {
    const one = reference.cases.find(({ name, weights }) => name === 'float' && weights.length === 8)!;
    const x = one.observations.x!.map((value, i) => (i === 2 ? value * 1.001 : value));
    const densities = mixtureOf({ ...one, observations: { x } }).logDensity([Float64Array.from(one.points.x!)]);
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

describe('a mixture whose observations come and go', () => {
  const space = [
    float(1e-5, 1e-2, { log: true }),
    float(0, 1),
    int(0, 24),
    float(0, 0.5, { step: 0.05 }),
    int(1, 5000, { log: true }),
    categorical(['a', 'b', 'c']),
  ];
  const random = RandomGenerator.of(5);
  /** Half of them close together, so that bandwidths differ. */
  const observe = (number: number) => {
    const share = number % 2 ? random.uniform() : 0.4 + 0.01 * random.uniform();
    const values = space.map((distribution) => toInternal('', distribution, fromUnit(distribution, share)));
    return { number, values: values.map((x, d) => scaled(space[d]!, x)) };
  };
  const points = new ParzenMixture(space).draw(40, random);

  test.each([6, 150, 1200])('is the one made of those that are left, %i', (count) => {
    const changed = new ParzenMixture(space);
    const observations = Array.from({ length: count }, (_, number) => observe(number));
    const shuffled = random.shuffled(observations);
    const slots = [shuffled.slice(0, count / 2), ...shuffled.slice(count / 2).map((one) => [one])].flatMap((some) =>
      changed.add(some),
    );
    const left = new Set(random.shuffled(shuffled).slice(0, (2 * count) / 3));
    for (const [i, observation] of shuffled.entries()) if (!left.has(observation)) changed.remove(slots[i]!);
    const fresh = new ParzenMixture(space);
    fresh.add(observations.filter((observation) => left.has(observation)));
    expect(changed.logDensity(points)).toEqual(fresh.logDensity(points));
    expect(changed.draw(20, RandomGenerator.of(7))).toEqual(fresh.draw(20, RandomGenerator.of(7)));
  });

  test.each([20, 150, 1200])('has the density that its kernels sum to, near and far, %i', (count) => {
    const mixture = new ParzenMixture(space);
    mixture.add(Array.from({ length: count }, (_, number) => observe(number)));
    const weights = mixtureWeights(count);
    for (const [i, density] of mixture.logDensity(points).entries()) {
      const terms = [...mixture.slots, PRIOR].map(
        (slot, k) =>
          Math.log(weights[k]!) +
          mixture.dimensions.reduce((sum, one, d) => sum + logKernel(one, slot, points[d]![i]!), 0),
      );
      const largest = Math.max(...terms);
      const sum = terms.reduce((total, term) => total + Math.exp(term - largest), 0);
      expectClose(density, largest + Math.log(sum), 1e-12, `point ${i}`);
    }
  });

  test.each([20, 150, 1200])('the best ratio is that of the whole densities, though many are left, %i', (count) => {
    const mixture = new ParzenMixture(space);
    mixture.add(Array.from({ length: count }, (_, number) => observe(number)));
    const near = mixture.draw(40, random);
    const whole = mixture.logDensity(near);
    for (let turn = 0; turn < 20; turn++) {
      const logGood = whole.map((density) => density + 4 * random.uniform());
      const differences = logGood.map((value, i) => value - whole[i]!);
      const sums = mixture.sums(near);
      expect(bestRatio(logGood, sums)).toBe(differences.indexOf(Math.max(...differences)));
      const left = whole.filter((density, i) => sums.logSum(i) < density - 1e-6);
      if (count > 1000) expect(left.length).toBeGreaterThan(near[0]!.length / 4);
    }
  });
});

/** What one kernel gives to a value, by the definition. */
function logKernel(kernels: Kernels, slot: number, x: number): number {
  if (kernels instanceof ChoiceKernels) {
    if (slot === PRIOR) return kernels.logPrior[x]!;
    const { hit, miss } = kernels.probabilities;
    return Math.log(kernels.observed(slot) === x ? hit : miss);
  }
  const { distribution, low, high } = kernels;
  const [mu, sigma] = [kernels.mu[slot]!, kernels.sigma[slot]!];
  const mass = (a: number, b: number) => logNormalMass((a - mu) / sigma, (b - mu) / sigma);
  if (distribution.step !== null) {
    const half = distribution.step / 2;
    return mass(toScale(distribution, x - half), toScale(distribution, x + half)) - mass(low, high);
  }
  const z = (toScale(distribution, x) - mu) / sigma;
  return -0.5 * z * z - Math.log(sigma) - LOG_SQRT_2PI - mass(low, high);
}

describe('what is recommended takes the place of the flat prior', () => {
  const rate = float(1e-5, 1e-1, { log: true, recommended: 1e-3, confidence: 0.75 });
  const choice = categorical(['a', 'b', 'c'], { recommended: 'b', confidence: 0.6 });
  const none = (informed: boolean) => new ParzenMixture([rate, choice], { informed });
  test('its density is that of the distributions', () => {
    const points = [Float64Array.of(1e-5, 1e-3, 5e-2), Float64Array.of(0, 1, 1)];
    const flat = -Math.log(Math.log(1e4)) - Math.log(3);
    for (const [i, density] of none(true).logDensity(points).entries()) {
      const prior = logPrior(rate, coordinate(rate, points[0]![i]!)) + logPrior(choice, points[1]![i]!);
      expectClose(density, flat + prior, 1e-12, 'informed');
    }
    const plain = [float(1e-5, 1e-1, { log: true }), categorical(['a', 'b', 'c'])];
    expect(none(false).logDensity(points)).toEqual(new ParzenMixture(plain).logDensity(points));
  });
  test('points are drawn from it', () => {
    const [rates, choices] = none(true).draw(4000, RandomGenerator.of(1)) as [Float64Array, Float64Array];
    const mean = rates.reduce((sum, x) => sum + Math.log10(x) / 4000, 0);
    expect(mean).toBeCloseTo(-3, 1);
    expect(choices.filter((c) => c === 1).length / 4000).toBeCloseTo(0.6 + 0.4 / 3, 1);
  });
});
