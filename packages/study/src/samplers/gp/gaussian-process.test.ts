import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { logExpectedExcess, logExpectedImprovement, logProbabilityBelow } from './acquisition.js';
import { fitGaussianProcess, Likelihood } from './fit.js';
import { GaussianProcess, type TrainingData } from './gaussian-process.js';
import { bestPower, yeoJohnsonAt } from './warp.js';

interface Case {
  points: number[];
  values: number[];
  is_categorical: boolean[];
  inverse_squared_lengths: number[];
  scale: number;
  noise: number;
  log_likelihood: number;
  likelihood_gradient: number[];
  threshold: number;
  results: { x: number[]; mean: number; variance: number; logei: number; gradient: number[] }[];
}
const reference = golden<{
  cases: Case[];
  log_expected_excess: [number, number][];
  warps: { values: number[]; power: number; transformed: number[] }[];
}>('gp');

function partsOf(one: Case) {
  const data: TrainingData = {
    points: Float64Array.from(one.points),
    values: Float64Array.from(one.values),
    isCategorical: one.is_categorical,
  };
  const inverseSquaredLengths = Float64Array.from(one.inverse_squared_lengths);
  return { data, parameters: { inverseSquaredLengths, scale: one.scale, noise: one.noise } };
}

describe.each(reference.cases.map((one) => [one.values.length, one.is_categorical.length, one] as const))(
  'the process agrees with Optuna 5: %i points in %i dimensions',
  (_, d, one) => {
    const { data, parameters } = partsOf(one);
    const process = new GaussianProcess(data, parameters);
    test('mean and variance', () => {
      for (const { x, mean, variance } of one.results) {
        const posterior = process.posterior(x);
        expectClose(posterior.mean, mean, 1e-9, 'mean');
        expect(Math.abs(posterior.variance - variance)).toBeLessThan(1e-11);
      }
    });
    test('likelihood and its derivatives', () => {
      const gradient = new Float64Array(d + 1);
      expectClose(new Likelihood(data).evaluate(parameters, gradient), one.log_likelihood, 1e-11, 'likelihood');
      for (const [j, slope] of one.likelihood_gradient.entries()) {
        expect(Math.abs(gradient[j]! - slope), `derivative ${j}`).toBeLessThan(1e-8 * (1 + Math.abs(slope)));
      }
    });
    test('log expected improvement and its derivatives', () => {
      const acquisition = logExpectedImprovement(process, one.threshold);
      for (const { x, logei, gradient } of one.results) {
        const point = Float64Array.from(x);
        const own = new Float64Array(d);
        expectClose(acquisition.value(point), logei, 1e-8, 'value');
        expectClose(acquisition.addGradient(point, own), logei, 1e-8, 'value with derivatives');
        for (let j = 0; j < d; j++) {
          if (one.is_categorical[j]) expect(own[j]).toBe(0);
          else expect(Math.abs(own[j]! - gradient[j]!)).toBeLessThan(1e-6 * (1 + Math.abs(gradient[j]!)));
        }
      }
    });
  },
);

test('the comparison notices a length that is off by a thousandth', () => {
  const one = reference.cases[2]!;
  const { data, parameters } = partsOf(one);
  parameters.inverseSquaredLengths[0]! *= 1.002;
  const process = new GaussianProcess(data, parameters);
  const errors = one.results.map(({ x, mean }) => Math.abs(process.posterior(x).mean - mean));
  expect(Math.max(...errors)).toBeGreaterThan(1e-9);
});

test('log expected excess far into the tail', () => {
  for (const [z, value] of reference.log_expected_excess) expectClose(logExpectedExcess(z), value, 1e-9, `${z}`);
});

test('derivatives of the probability of a constraint are those of finite differences', () => {
  const { data, parameters } = partsOf(reference.cases[2]!);
  const acquisition = logProbabilityBelow(new GaussianProcess(data, parameters), 0.3);
  const x = Float64Array.from(reference.cases[2]!.results[0]!.x);
  const gradient = new Float64Array(x.length);
  acquisition.addGradient(x, gradient);
  for (const j of [0, 2, 3]) {
    const at = (shift: number) => acquisition.value(x.map((value, i) => (i === j ? value + shift : value)));
    expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - gradient[j]!)).toBeLessThan(1e-6);
  }
});

test('the power transform agrees with SciPy', () => {
  for (const { values, power, transformed } of reference.warps) {
    if (Math.abs(power) < 2) expect(Math.abs(bestPower(Float64Array.from(values)) - power)).toBeLessThan(1e-4);
    for (const [i, value] of values.entries()) expectClose(yeoJohnsonAt(value, power), transformed[i]!, 1e-10);
  }
});

test('a mean of several measurements counts like the measurements themselves', () => {
  const parameters = { inverseSquaredLengths: Float64Array.of(4), scale: 1, noise: 0.3 };
  const isCategorical = [false];
  const single = new GaussianProcess(
    { points: Float64Array.of(0.2, 0.6, 0.6, 0.6), values: Float64Array.of(-1, 0.5, 1, 1.5), isCategorical },
    parameters,
  );
  const averaged = new GaussianProcess(
    {
      points: Float64Array.of(0.2, 0.6),
      values: Float64Array.of(-1, 1),
      isCategorical,
      noiseFactors: Float64Array.of(1, 1 / 3),
    },
    parameters,
  );
  for (const x of [0, 0.3, 0.6, 0.9]) {
    expectClose(averaged.posterior([x]).mean, single.posterior([x]).mean, 1e-10);
    expectClose(averaged.posterior([x]).variance, single.posterior([x]).variance, 1e-10);
  }
});

test('the fit is at a maximum of likelihood and priors, and tells noise from signal', () => {
  const values = (noise: number) =>
    Float64Array.from({ length: 40 }, (_, i) => 1.2 * Math.sin(i / 6) + noise * Math.sin(i * i * 7.3));
  const fit = (noise: number) =>
    fitGaussianProcess({
      points: Float64Array.from({ length: 40 }, (_, i) => i / 39),
      values: values(noise),
      isCategorical: [false],
    }).parameters;
  expect(fit(0).noise).toBeLessThan(0.01);
  expect(fit(0.6).noise).toBeGreaterThan(0.06);
  expect(fit(0.6).noise).toBeLessThan(0.5);
});

test('two equal points without noise are refused', () => {
  const data = { points: Float64Array.of(0.5, 0.5), values: Float64Array.of(0, 1), isCategorical: [false] };
  const parameters = { inverseSquaredLengths: Float64Array.of(1), scale: 1, noise: 0 };
  expect(() => new GaussianProcess(data, parameters)).toThrow(/larger noise/);
});

test('settled at a point, a process predicts the same and is sure there, as if told so without noise', () => {
  const { data, parameters } = partsOf(reference.cases[1]!);
  const process = new GaussianProcess(data, parameters);
  const [one, other] = reference.cases[1]!.results.map(({ x }) => x);
  const settled = process.settledAt([one!]);
  expectClose(settled.posterior(other!).mean, process.posterior(other!).mean, 1e-6);
  expect(settled.posterior(one!).variance).toBeLessThan(1e-5);
  expect(settled.posterior(other!).variance).toBeLessThan(process.posterior(other!).variance);
});
