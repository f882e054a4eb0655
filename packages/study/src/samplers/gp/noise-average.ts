/**
 * A Gaussian process averaged over how much of the values' variance is noise: few values cannot tell, and one that settles
 * for a single answer is too sure of what it sees.
 */

import { normalCdf } from '../../numerics/normal.js';
import { fitGaussianProcess, Likelihood, logLengthPrior } from './fit.js';
import type { GaussianProcess, Posterior, TrainingData } from './gaussian-process.js';

/** Shares of the variance that are noise; each is as likely before any value is seen. */
const SHARES = [0.003, 0.02, 0.1, 0.3, 0.6, 0.9, 0.99];
/**
 * How far the truth is from the mean, in deviations of the process itself: over 96 simulated searches of 8 to 40 trials 1.4 in
 * the median, 1.8 in the mean square (on 40 others 0.7 and 0.8 of what is stated with it). The searched functions are not quite
 * stationary, and their best points were chosen.
 */
const ERROR = 1.7;
/** So narrow a prior that the noise stays where the share puts it. */
const FIXED = 1e-3;

interface Member {
  readonly process: GaussianProcess;
  /** The process is of the values divided by this, so that its own scale is 1. */
  readonly scale: number;
  readonly weight: number;
}

export class NoiseAveragedProcess {
  readonly #members: readonly Member[];

  /** @param data values of mean 0 and variance 1 */
  constructor(data: TrainingData) {
    const members = SHARES.map((share) => {
      const scale = Math.sqrt(1 - share);
      const scaled = { ...data, values: data.values.map((value) => value / scale) };
      const process = fitGaussianProcess(scaled, { mean: Math.log(share / (1 - share)), variance: FIXED });
      const gradient = new Float64Array(data.isCategorical.length + 1);
      const likelihood = new Likelihood(scaled).evaluate(process.parameters, gradient);
      const evidence = likelihood - data.values.length * Math.log(scale) + logLengthPrior(process.parameters);
      return { process, scale, evidence };
    });
    const highest = Math.max(...members.map(({ evidence }) => evidence));
    const weights = members.map(({ evidence }) => Math.exp(evidence - highest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#members = members.map(({ process, scale }, i) => ({ process, scale, weight: weights[i]! / total }));
  }

  /** Its variance is that of the errors that were measured. */
  posterior(x: ArrayLike<number>): Posterior {
    let [mean, square] = [0, 0];
    for (const { process, scale, weight } of this.#members) {
      const one = process.posterior(x);
      mean += weight * scale * one.mean;
      square += weight * scale * scale * (one.variance + one.mean * one.mean);
    }
    return { mean, variance: ERROR ** 2 * Math.max(0, square - mean * mean) };
  }

  /** The probability that the function is higher at one point than at another. */
  probabilityHigher(x: ArrayLike<number>, other: ArrayLike<number>): number {
    return this.#members.reduce((sum, { process, weight }) => {
      const [a, b] = [process.posterior(x), process.posterior(other)];
      const variance = a.variance + b.variance - 2 * process.covariance(x, other);
      return sum + weight * normalCdf((a.mean - b.mean) / (ERROR * Math.sqrt(Math.max(1e-12, variance))));
    }, 0);
  }
}
