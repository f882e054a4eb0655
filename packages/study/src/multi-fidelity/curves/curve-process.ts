/** A Gaussian process over learning curves: what a setting reaches at a share of its schedule, from what runs have shown. */

import { cholesky, invertLower, timesLower, timesLowerTransposed } from '../../numerics/cholesky.js';
import type { Predictive } from '../../samplers/gp/acquisition.js';
import { matern, maternSlope, type Posterior } from '../../samplers/gp/gaussian-process.js';
import { type CurveData, type CurveParameters, ShareIndex, shareKernel, squaredDistance } from './curve-kernel.js';

/** Noise of values that are taken for known, as a share of the usual. */
const SETTLED = 1e-3;

export class CurveProcess {
  readonly #data: CurveData;
  readonly #parameters: CurveParameters;
  readonly #inverseFactor: Float64Array;
  readonly #weights: Float64Array;
  readonly #index: ShareIndex;

  /** @throws RangeError when the kernel matrix is not positive definite */
  constructor(data: CurveData, parameters: CurveParameters) {
    this.#data = data;
    this.#parameters = parameters;
    this.#index = new ShareIndex(data.shares);
    const n = data.values.length;
    const factor = cholesky(curveCovariance(data, parameters), n);
    if (!factor) throw new RangeError('The kernel matrix of the curves is not positive definite; give a larger noise.');
    this.#inverseFactor = invertLower(factor, n);
    const whitened = timesLower(this.#inverseFactor, n, data.values);
    this.#weights = timesLowerTransposed(this.#inverseFactor, n, whitened);
  }

  get parameters(): CurveParameters {
    return this.#parameters;
  }

  /** Mean and variance of a setting's curve at a share, over all the seeds it may be run with. */
  posterior(x: ArrayLike<number>, share: number): Posterior {
    return this.#posterior(this.#kernel(x, share, -1), this.#variance(share));
  }

  /** The same for one of the runs, its seed included. */
  posteriorOfRun(run: number, share: number): Posterior {
    const { points, isCategorical } = this.#data;
    const d = isCategorical.length;
    const variance = this.#variance(share) + this.#parameters.run;
    return this.#posterior(this.#kernel(points.subarray(run * d, (run + 1) * d), share, run), variance);
  }

  /** Posterior covariance of two settings at a share. */
  covariance(x: Float64Array, other: Float64Array, share: number): number {
    const n = this.#data.values.length;
    const half = timesLower(this.#inverseFactor, n, this.#kernel(x, share, -1));
    const otherHalf = timesLower(this.#inverseFactor, n, this.#kernel(other, share, -1));
    const { inverseSquaredLengths: weights, common, settings } = this.#parameters;
    const squared = squaredDistance(x, 0, { ...this.#data, points: other }, 0, weights);
    let covariance = common + settings * matern(squared);
    for (let i = 0; i < n; i++) covariance -= half[i]! * otherHalf[i]!;
    return covariance;
  }

  /** The process at one share, as a function of the settings. */
  at(share: number): Predictive {
    return {
      posterior: (x) => this.posterior(x, share),
      posteriorWithGradient: (x, mean, variance) => this.#withGradient(x, share, mean, variance),
    };
  }

  /** This process, taking for known that curves go as predicted: those of unfinished runs, to the shares they are brought to. */
  settledAt(awaited: readonly { readonly x: Float64Array; readonly share: number }[]): CurveProcess {
    if (awaited.length === 0) return this;
    const { points, isCategorical, runs, shares, values } = this.#data;
    const count = points.length / isCategorical.length;
    const noiseFactors = new Float64Array(values.length + awaited.length).fill(SETTLED);
    noiseFactors.set(this.#data.noiseFactors ?? new Float64Array(values.length).fill(1));
    const data = {
      points: Float64Array.from([...points, ...awaited.flatMap(({ x }) => Array.from(x))]),
      isCategorical,
      runs: Int32Array.from([...runs, ...awaited.map((_, i) => count + i)]),
      shares: Float64Array.from([...shares, ...awaited.map(({ share }) => share)]),
      values: Float64Array.from([...values, ...awaited.map(({ x, share }) => this.posterior(x, share).mean)]),
      noiseFactors,
    };
    return new CurveProcess(data, this.#parameters);
  }

  #variance(share: number): number {
    const { common, settings } = this.#parameters;
    return (common + settings) * shareKernel(this.#parameters, share, share);
  }

  #posterior(kernel: Float64Array, prior: number): Posterior {
    const half = timesLower(this.#inverseFactor, kernel.length, kernel);
    let [mean, explained] = [0, 0];
    for (let i = 0; i < kernel.length; i++) {
      mean += kernel[i]! * this.#weights[i]!;
      explained += half[i]! * half[i]!;
    }
    return { mean, variance: Math.max(0, prior - explained) };
  }

  /** @param run the run's own measurements are nearer; −1 for none */
  #kernel(x: ArrayLike<number>, share: number, run: number): Float64Array {
    const { runs } = this.#data;
    const ofRuns = settingKernels(x, this.#data, this.#parameters);
    const similar = this.#index.values.map((other) => shareKernel(this.#parameters, share, other));
    const kernel = new Float64Array(runs.length);
    for (let i = 0; i < kernel.length; i++) {
      const own = runs[i] === run ? this.#parameters.run : 0;
      kernel[i] = (ofRuns[runs[i]!]! + own) * similar[this.#index.of[i]!]!;
    }
    return kernel;
  }

  #withGradient(
    x: ArrayLike<number>,
    share: number,
    meanGradient: Float64Array,
    varianceGradient: Float64Array,
  ): Posterior {
    const { points, isCategorical, runs } = this.#data;
    const { inverseSquaredLengths: weights, settings } = this.#parameters;
    const d = isCategorical.length;
    const n = runs.length;
    const kernel = this.#kernel(x, share, -1);
    const half = timesLower(this.#inverseFactor, n, kernel);
    const solved = timesLowerTransposed(this.#inverseFactor, n, half);
    // Sums over a run's measurements first: all of them have its settings.
    const similar = this.#index.values.map((other) => shareKernel(this.#parameters, share, other));
    const byMean = new Float64Array(points.length / d);
    const byVariance = new Float64Array(byMean.length);
    for (let i = 0; i < n; i++) {
      const similarity = similar[this.#index.of[i]!]!;
      byMean[runs[i]!]! += similarity * this.#weights[i]!;
      byVariance[runs[i]!]! -= 2 * similarity * solved[i]!;
    }
    meanGradient.fill(0);
    varianceGradient.fill(0);
    for (let run = 0; run < byMean.length; run++) {
      const slope = 2 * settings * maternSlope(squaredDistance(x, 0, this.#data, run, weights));
      for (let j = 0; j < d; j++) {
        if (isCategorical[j]) continue;
        const change = slope * weights[j]! * (x[j]! - points[run * d + j]!);
        meanGradient[j]! += change * byMean[run]!;
        varianceGradient[j]! += change * byVariance[run]!;
      }
    }
    return this.#posterior(kernel, this.#variance(share));
  }
}

/** Kernel of a setting with each run's, at equal shares and without what is the run's own. */
function settingKernels(x: ArrayLike<number>, data: CurveData, parameters: CurveParameters): Float64Array {
  const { common, settings, inverseSquaredLengths } = parameters;
  const count = data.points.length / data.isCategorical.length;
  return Float64Array.from({ length: count }, (_, run) => {
    return common + settings * matern(squaredDistance(x, 0, data, run, inverseSquaredLengths));
  });
}

/** Covariance of the measured values, n×n; only the lower triangle is filled. */
export function curveCovariance(data: CurveData, parameters: CurveParameters): Float64Array {
  const { points, isCategorical, runs, shares, noiseFactors } = data;
  const d = isCategorical.length;
  const n = shares.length;
  const between = Array.from({ length: points.length / d }, (_, run) =>
    settingKernels(points.subarray(run * d, (run + 1) * d), data, parameters),
  );
  const index = new ShareIndex(shares);
  const similar = index.pairs((share, other) => shareKernel(parameters, share, other));
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const own = runs[i] === runs[j] ? parameters.run : 0;
      const similarity = similar[index.of[i]! * index.values.length + index.of[j]!]!;
      matrix[i * n + j] = (between[runs[i]!]![runs[j]!]! + own) * similarity;
    }
    matrix[i * n + i]! += parameters.noise * (noiseFactors?.[i] ?? 1);
  }
  return matrix;
}
