/** What a next trial promises, in logarithms so that nothing vanishes far from the best (Ament et al., arXiv:2310.20708). */

import { erfc, erfcx } from '../../numerics/erf.js';
import { LOG_SQRT_2PI, logNormalCdf } from '../../numerics/normal.js';
import type { Posterior } from './gaussian-process.js';

/** A function over points of a unit space; larger is better. */
export interface Acquisition {
  value(x: Float64Array): number;
  /** Also adds its derivatives by the coordinates to the gradient; categorical dimensions have none. */
  addGradient(x: Float64Array, gradient: Float64Array): number;
}

/** What predicts a function over a unit space. */
export interface Predictive {
  posterior(x: ArrayLike<number>): Posterior;
  /** Also writes the derivatives by the coordinates; 0 for choices. */
  posteriorWithGradient(x: ArrayLike<number>, meanGradient: Float64Array, varianceGradient: Float64Array): Posterior;
}

/** Keeps the standard deviation from vanishing at measured points. */
export const STABILIZING_VARIANCE = 1e-12;
const SQRT_HALF_PI = Math.sqrt(Math.PI / 2);

/** log E[max(0, z + Z)] for a standard normal Z. */
export function logExpectedExcess(z: number): number {
  if (z > -25) return Math.log(0.5 * z * erfc(-z * Math.SQRT1_2) + Math.exp(-0.5 * z * z - LOG_SQRT_2PI));
  const tail = z < -1e5 ? -2 * Math.log(-z) : Math.log1p(SQRT_HALF_PI * z * erfcx(-z * Math.SQRT1_2));
  return -0.5 * z * z - LOG_SQRT_2PI + tail;
}

/** A function of a process's mean and standard deviation at a point, with its derivatives by both. */
type OfPosterior = (mean: number, deviation: number) => { value: number; byMean: number; byDeviation: number };

class PosteriorAcquisition implements Acquisition {
  readonly #process: Predictive;
  readonly #of: OfPosterior;
  #meanGradient = new Float64Array(0);
  #varianceGradient = new Float64Array(0);

  constructor(process: Predictive, of: OfPosterior) {
    this.#process = process;
    this.#of = of;
  }

  value(x: Float64Array): number {
    const { mean, variance } = this.#process.posterior(x);
    return this.#of(mean, Math.sqrt(variance + STABILIZING_VARIANCE)).value;
  }

  addGradient(x: Float64Array, gradient: Float64Array): number {
    if (this.#meanGradient.length !== x.length) {
      this.#meanGradient = new Float64Array(x.length);
      this.#varianceGradient = new Float64Array(x.length);
    }
    const { mean, variance } = this.#process.posteriorWithGradient(x, this.#meanGradient, this.#varianceGradient);
    const deviation = Math.sqrt(variance + STABILIZING_VARIANCE);
    const { value, byMean, byDeviation } = this.#of(mean, deviation);
    for (let j = 0; j < x.length; j++) {
      gradient[j]! += byMean * this.#meanGradient[j]! + (byDeviation * this.#varianceGradient[j]!) / (2 * deviation);
    }
    return value;
  }
}

/** The logarithm of how far the function is expected to exceed the threshold. */
export function logExpectedImprovement(process: Predictive, threshold: number): Acquisition {
  return new PosteriorAcquisition(process, (mean, deviation) => {
    const z = (mean - threshold) / deviation;
    const logExcess = logExpectedExcess(z);
    return {
      value: logExcess + Math.log(deviation),
      byMean: Math.exp(logNormalCdf(z) - logExcess) / deviation,
      byDeviation: Math.exp(-0.5 * z * z - LOG_SQRT_2PI - logExcess) / deviation,
    };
  });
}

/** The log probability that the function exceeds the threshold. */
export function logProbabilityAbove(process: Predictive, threshold: number): Acquisition {
  return new PosteriorAcquisition(process, (mean, deviation) => {
    const z = (mean - threshold) / deviation;
    const value = logNormalCdf(z);
    const hazard = Math.exp(-0.5 * z * z - LOG_SQRT_2PI - value);
    return { value, byMean: hazard / deviation, byDeviation: (-hazard * z) / deviation };
  });
}

/** The log probability that the function is at most the limit: of a constraint, that it is met. */
export function logProbabilityBelow(process: Predictive, limit: number): Acquisition {
  return new PosteriorAcquisition(process, (mean, deviation) => {
    const z = (limit - mean) / deviation;
    const value = logNormalCdf(z);
    const hazard = Math.exp(-0.5 * z * z - LOG_SQRT_2PI - value);
    return { value, byMean: -hazard / deviation, byDeviation: (-hazard * z) / deviation };
  });
}

/** The mean plus √β standard deviations. */
export function upperConfidenceBound(process: Predictive, beta: number): Acquisition {
  const width = Math.sqrt(beta);
  return new PosteriorAcquisition(process, (mean, deviation) => ({
    value: mean + width * deviation,
    byMean: 1,
    byDeviation: width,
  }));
}

/** The sum of several, e.g. of an improvement and the probabilities of constraints. */
export function sumOf(terms: readonly Acquisition[]): Acquisition {
  return {
    value: (x) => terms.reduce((sum, term) => sum + term.value(x), 0),
    addGradient: (x, gradient) => terms.reduce((sum, term) => sum + term.addGradient(x, gradient), 0),
  };
}
