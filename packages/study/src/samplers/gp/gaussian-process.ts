/**
 * A Gaussian process over points of a mixed space (Rasmussen and Williams, 2006): zero mean, one Matérn-5/2 kernel with
 * a length for each dimension; two different choices are one apart, whichever they are.
 */

import { cholesky, invertLower, timesLower, timesLowerTransposed } from '../../numerics/cholesky.js';

export interface KernelParameters {
  /** One for each dimension: 1/ℓ². */
  readonly inverseSquaredLengths: Float64Array;
  /** Variance of the function. */
  readonly scale: number;
  /** Variance of the noise of one measurement. */
  readonly noise: number;
}

export interface TrainingData {
  /** n points of d coordinates, row after row. */
  readonly points: Float64Array;
  readonly values: Float64Array;
  readonly isCategorical: readonly boolean[];
  /** Factor of the noise variance of each value, e.g. 1/3 for the mean of three measurements. Default 1 each. */
  readonly noiseFactors?: Float64Array;
}

export interface Posterior {
  readonly mean: number;
  /** Of the function, without the noise of measuring it. */
  readonly variance: number;
}

const SQRT5 = Math.sqrt(5);
/** Variance at points that are taken for known; not 0, so that equal points do no harm. */
const SETTLED_NOISE = 1e-6;

/** The kernel's value for a squared distance, for unit scale. */
export function matern(squared: number): number {
  const r = SQRT5 * Math.sqrt(squared);
  return (1 + r + (5 / 3) * squared) * Math.exp(-r);
}

/** Its derivative by the squared distance. */
export function maternSlope(squared: number): number {
  const r = SQRT5 * Math.sqrt(squared);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}

/** The derivative of a kernel's value by the squared distance, from both, without another exponential. */
export function slopeFrom(squared: number, value: number): number {
  const r = SQRT5 * Math.sqrt(squared);
  return ((-5 / 6) * (1 + r) * value) / (1 + r + (5 / 3) * squared);
}

/** Squared difference along one dimension. */
export function squaredDifference(a: number, b: number, isCategorical: boolean): number {
  return isCategorical ? (a === b ? 0 : 1) : (a - b) * (a - b);
}

export class GaussianProcess {
  readonly #data: TrainingData;
  readonly #parameters: KernelParameters;
  readonly #n: number;
  readonly #inverseFactor: Float64Array;
  readonly #weights: Float64Array;
  /** For the point asked about last: its squared distances to the data, its covariances with them, and L⁻¹ times these. */
  readonly #squared: Float64Array;
  readonly #k: Float64Array;
  readonly #half: Float64Array;

  /** @throws RangeError when the kernel matrix is not positive definite, as two equal points without noise are */
  constructor(data: TrainingData, parameters: KernelParameters) {
    this.#data = data;
    this.#parameters = parameters;
    this.#n = data.values.length;
    const factor = cholesky(covariance(data, parameters), this.#n);
    if (!factor) throw new RangeError('The kernel matrix is not positive definite; give a larger noise.');
    this.#inverseFactor = invertLower(factor, this.#n);
    const whitened = timesLower(this.#inverseFactor, this.#n, data.values);
    this.#weights = timesLowerTransposed(this.#inverseFactor, this.#n, whitened);
    this.#squared = new Float64Array(this.#n);
    this.#k = new Float64Array(this.#n);
    this.#half = new Float64Array(this.#n);
  }

  get parameters(): KernelParameters {
    return this.#parameters;
  }

  /** Mean and variance of the function at a point. */
  posterior(x: ArrayLike<number>): Posterior {
    const half = this.#fillFor(x);
    let [mean, explained] = [0, 0];
    for (let i = 0; i < half.length; i++) {
      mean += this.#k[i]! * this.#weights[i]!;
      explained += half[i]! * half[i]!;
    }
    return { mean, variance: Math.max(0, this.#parameters.scale - explained) };
  }

  /** Posterior covariance of the function at two points. */
  covariance(x: ArrayLike<number>, other: ArrayLike<number>): number {
    const half = this.#fillFor(x).slice();
    const otherHalf = this.#fillFor(other);
    const { inverseSquaredLengths, scale } = this.#parameters;
    let squared = 0;
    for (const [j, isCategorical] of this.#data.isCategorical.entries()) {
      squared += inverseSquaredLengths[j]! * squaredDifference(x[j]!, other[j]!, isCategorical);
    }
    let covariance = scale * matern(squared);
    for (let i = 0; i < half.length; i++) covariance -= half[i]! * otherHalf[i]!;
    return covariance;
  }

  /**
   * The posterior, with its derivatives by the coordinates.
   * @param meanGradient receives d values; those of categorical dimensions are 0
   */
  posteriorWithGradient(x: ArrayLike<number>, meanGradient: Float64Array, varianceGradient: Float64Array): Posterior {
    const posterior = this.posterior(x);
    const { points, isCategorical } = this.#data;
    const { inverseSquaredLengths } = this.#parameters;
    const d = isCategorical.length;
    const solved = timesLowerTransposed(this.#inverseFactor, this.#n, this.#half);
    meanGradient.fill(0);
    varianceGradient.fill(0);
    for (let i = 0; i < this.#n; i++) {
      const slope = 2 * slopeFrom(this.#squared[i]!, this.#k[i]!);
      for (let j = 0; j < d; j++) {
        if (isCategorical[j]) continue;
        const kernelSlope = slope * inverseSquaredLengths[j]! * (x[j]! - points[i * d + j]!);
        meanGradient[j]! += kernelSlope * this.#weights[i]!;
        varianceGradient[j]! -= 2 * kernelSlope * solved[i]!;
      }
    }
    return posterior;
  }

  /**
   * This process, taking for known that the function is as predicted at some points: means stay, variances fall around
   * them.
   */
  settledAt(points: readonly ArrayLike<number>[]): GaussianProcess {
    const data = this.#data;
    const noiseFactors = new Float64Array(this.#n + points.length).fill(SETTLED_NOISE / this.#parameters.noise);
    noiseFactors.set(data.noiseFactors ?? new Float64Array(this.#n).fill(1));
    const all = {
      points: Float64Array.from([...data.points, ...points.flatMap((point) => Array.from(point))]),
      values: Float64Array.from([...data.values, ...points.map((point) => this.posterior(point).mean)]),
      isCategorical: data.isCategorical,
      noiseFactors,
    };
    return new GaussianProcess(all, this.#parameters);
  }

  #fillFor(x: ArrayLike<number>): Float64Array {
    const { scale } = this.#parameters;
    for (let i = 0; i < this.#n; i++) {
      const squared = this.#squaredDistance(x, i);
      this.#squared[i] = squared;
      this.#k[i] = scale * matern(squared);
    }
    return timesLower(this.#inverseFactor, this.#n, this.#k, this.#half);
  }

  #squaredDistance(x: ArrayLike<number>, i: number): number {
    const { points, isCategorical } = this.#data;
    const { inverseSquaredLengths } = this.#parameters;
    const d = isCategorical.length;
    let sum = 0;
    for (let j = 0, at = i * d; j < d; j++, at++) {
      sum += inverseSquaredLengths[j]! * squaredDifference(x[j]!, points[at]!, isCategorical[j]!);
    }
    return sum;
  }
}

/** The covariance of the measured values, n×n. */
function covariance(data: TrainingData, { inverseSquaredLengths, scale, noise }: KernelParameters): Float64Array {
  const { points, values, isCategorical, noiseFactors } = data;
  const [n, d] = [values.length, isCategorical.length];
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let squared = 0;
      for (let k = 0; k < d; k++) {
        const difference = squaredDifference(points[i * d + k]!, points[j * d + k]!, isCategorical[k]!);
        squared += inverseSquaredLengths[k]! * difference;
      }
      matrix[i * n + j] = matrix[j * n + i] = scale * matern(squared);
    }
    matrix[i * n + i] = scale + noise * (noiseFactors?.[i] ?? 1);
  }
  return matrix;
}
