/** The parameters of a process over curves by their posterior mode. */

import { minimize } from '../../numerics/minimize.js';
import type { CurveData, CurveParameters } from './curve-kernel.js';
import { AFTER_LENGTHS, curveLikelihood, PARAMETERS_AFTER_LENGTHS } from './curve-likelihood.js';
import { CurveProcess } from './curve-process.js';

/** Of a parameter's logarithm (the level's logit): a normal prior, and bounds. */
interface Prior {
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

/** Lengths grow with the number of dimensions (arXiv:2402.02229). */
const lengthPrior = (d: number): Prior => ({
  mean: Math.SQRT2 + 0.5 * Math.log(d),
  deviation: Math.sqrt(3),
  low: Math.log(0.05),
  high: Math.log(100),
});

/** Variances are in units of all values': most of it is what curves share, little is seeds, less is measuring. */
const PRIORS: Record<keyof typeof AFTER_LENGTHS, Prior> = {
  common: { mean: 0, deviation: 1, low: -4, high: 4 },
  settings: { mean: -0.7, deviation: 1, low: -5, high: 3 },
  run: { mean: -4, deviation: 1.5, low: -10, high: 0 },
  level: { mean: 0, deviation: 1.5, low: -4, high: 4 },
  shareLength: { mean: -0.4, deviation: 0.5, low: -2, high: 2 },
  noise: { mean: -6, deviation: 1.5, low: -10, high: 0 },
};

const MOST_ITERATIONS = 30;

/** @param data values of mean 0 and variance 1 */
export function fitCurves(data: CurveData): CurveProcess {
  const d = data.isCategorical.length;
  const priors = [...Array<Prior>(d).fill(lengthPrior(d)), ...Object.values(PRIORS)];
  const objective = (theta: Float64Array, gradient: Float64Array): number => {
    let loss = -curveLikelihood(data, parametersAt(theta), gradient);
    for (const [k, { mean, deviation }] of priors.entries()) {
      const z = (theta[k]! - mean) / deviation;
      loss += 0.5 * z * z;
      gradient[k] = z / deviation - gradient[k]!;
    }
    return loss;
  };
  const start = priors.map(({ mean }, k) => (k < d ? 0 : mean));
  const { x } = minimize(objective, start, {
    lower: priors.map(({ low }) => low),
    upper: priors.map(({ high }) => high),
    maxIterations: MOST_ITERATIONS,
    tolerance: 2e-2,
    smallestGain: 1e-2,
  });
  return new CurveProcess(data, parametersAt(x));
}

/** @param theta the logarithms of the lengths and of the others, the logit of the level */
export function parametersAt(theta: Float64Array): CurveParameters {
  const d = theta.length - PARAMETERS_AFTER_LENGTHS;
  const at = (name: keyof typeof AFTER_LENGTHS) => theta[d + AFTER_LENGTHS[name]]!;
  return {
    inverseSquaredLengths: Float64Array.from({ length: d }, (_, j) => Math.exp(-2 * theta[j]!)),
    common: Math.exp(at('common')),
    settings: Math.exp(at('settings')),
    run: Math.exp(at('run')),
    level: 1 / (1 + Math.exp(-at('level'))),
    shareLength: Math.exp(at('shareLength')),
    noise: Math.exp(at('noise')),
  };
}
