import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import type { CurveData, CurveParameters } from './curve-kernel.js';
import { curveLikelihood, PARAMETERS_AFTER_LENGTHS } from './curve-likelihood.js';
import { CurveProcess } from './curve-process.js';
import { fitCurves, parametersAt } from './fit-curves.js';

interface Reference {
  logLikelihood: number;
  posteriors: { mean: number; variance: number }[];
  ofRuns?: { mean: number; variance: number }[];
}
const reference = golden<{
  points: number[];
  isCategorical: boolean[];
  runs: number[];
  shares: number[];
  values: number[];
  parameters: { lengths: number[] } & Omit<CurveParameters, 'inverseSquaredLengths'>;
  queries: { x: number[]; share: number }[];
  closedForm: Reference;
  scikitLearn: Reference;
}>('curves');

const data: CurveData = {
  points: Float64Array.from(reference.points),
  isCategorical: reference.isCategorical,
  runs: Int32Array.from(reference.runs),
  shares: Float64Array.from(reference.shares),
  values: Float64Array.from(reference.values),
};
const { lengths, ...others } = reference.parameters;
const parameters = { ...others, inverseSquaredLengths: Float64Array.from(lengths, (length) => length ** -2) };
const dimensions = lengths.length;

describe.each([
  ['the closed form', reference.closedForm, parameters.run],
  ['scikit-learn, without what a run differs by', reference.scikitLearn, 0],
])('a process over curves agrees with %s', (_, expected, run) => {
  const process = new CurveProcess(data, { ...parameters, run });

  test('mean and variance of settings at shares', () => {
    for (const [i, { x, share }] of reference.queries.entries()) {
      const posterior = process.posterior(x, share);
      expectClose(posterior.mean, expected.posteriors[i]!.mean, 1e-9, 'mean');
      expectClose(posterior.variance, expected.posteriors[i]!.variance, 1e-8, 'variance');
    }
  });

  test('likelihood', () => {
    const gradient = new Float64Array(dimensions + PARAMETERS_AFTER_LENGTHS);
    expectClose(curveLikelihood(data, { ...parameters, run }, gradient), expected.logLikelihood, 1e-10, 'likelihood');
  });

  test.runIf(expected.ofRuns)('the end of each run, its seed included', () => {
    for (const [i, { mean, variance }] of expected.ofRuns!.entries()) {
      const posterior = process.posteriorOfRun(i, 1);
      expectClose(posterior.mean, mean, 1e-9, 'mean');
      expectClose(posterior.variance, variance, 1e-8, 'variance');
    }
  });
});

test('derivatives of the likelihood are those of its differences', () => {
  const theta = Float64Array.from([-0.9, -0.1, 0.26, -0.2, -0.7, -3, -0.4, -0.5, -3.9]);
  const gradient = new Float64Array(theta.length);
  curveLikelihood(data, parametersAt(theta), gradient);
  const unused = new Float64Array(theta.length);
  for (let k = 0; k < theta.length; k++) {
    const moved = (by: number) => curveLikelihood(data, parametersAt(theta.with(k, theta[k]! + by)), unused);
    expect(Math.abs(gradient[k]! - (moved(1e-5) - moved(-1e-5)) / 2e-5), `derivative ${k}`).toBeLessThan(1e-6);
  }
});

test('derivatives of the posterior are those of its differences', () => {
  const process = new CurveProcess(data, parameters).at(1);
  const x = Float64Array.from([0.3, 0.6, 1]);
  const [mean, variance] = [new Float64Array(3), new Float64Array(3)];
  process.posteriorWithGradient(x, mean, variance);
  for (const k of [0, 1]) {
    const moved = (by: number) => process.posterior(x.with(k, x[k]! + by));
    const [up, down] = [moved(1e-5), moved(-1e-5)];
    expect(Math.abs(mean[k]! - (up.mean - down.mean) / 2e-5)).toBeLessThan(1e-7);
    expect(Math.abs(variance[k]! - (up.variance - down.variance) / 2e-5)).toBeLessThan(1e-7);
  }
  expect([mean[2], variance[2]]).toEqual([0, 0]);
});

test('a fit is likelier than its start', () => {
  const fitted = fitCurves(data).parameters;
  const unused = new Float64Array(dimensions + PARAMETERS_AFTER_LENGTHS);
  const start = parametersAt(Float64Array.from([0, 0, 0, 0, -0.7, -4, 0, -0.4, -6]));
  expect(curveLikelihood(data, fitted, unused)).toBeGreaterThan(curveLikelihood(data, start, unused));
});

test('what is awaited is taken for known: means stay, variances fall', () => {
  const process = new CurveProcess(data, parameters);
  const x = Float64Array.from([0.5, 0.5, 0]);
  const settled = process.settledAt([{ x, share: 1 }]);
  expectClose(settled.posterior(x, 1).mean, process.posterior(x, 1).mean, 1e-6, 'mean');
  expect(settled.posterior(x, 1).variance).toBeLessThan(0.2 * process.posterior(x, 1).variance + parameters.run);
  const far = process.posterior([0, 1, 2], 1).mean;
  expect(Math.abs(settled.posterior([0, 1, 2], 1).mean - far)).toBeLessThan(1e-6);
});
