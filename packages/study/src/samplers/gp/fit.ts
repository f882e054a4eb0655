/**
 * Lengths and noise of a Gaussian process by their posterior mode. Priors: lengths log-normal, growing with the number of
 * dimensions (Hvarfner et al., arXiv:2402.02229), noise log-normal around e⁻⁴ of the values' variance; the scale is 1.
 */

import { cholesky, invertLower, timesLower, timesLowerTransposed } from '../../numerics/cholesky.js';
import { minimize } from '../../numerics/minimize.js';
import {
  GaussianProcess,
  type KernelParameters,
  matern,
  slopeFrom,
  squaredDifference,
  type TrainingData,
} from './gaussian-process.js';

const LENGTH_VARIANCE = 3;
const LENGTH_LOG_MEAN = Math.SQRT2;
/** Of the logarithm of the noise, in units of the values' variance. */
export interface NoisePrior {
  readonly mean: number;
  readonly variance: number;
}
/** Wide enough that values without noise are found out to be so. */
const LITTLE_NOISE: NoisePrior = { mean: -4, variance: 2 };
const SMALLEST_NOISE = 1e-6;
const BOUNDS = { length: [Math.log(0.02), Math.log(1000)], noise: [Math.log(SMALLEST_NOISE), Math.log(100)] } as const;

/** A thousandth of a nat more or less of the posterior changes no decision. */
const ENOUGH = { maxIterations: 40, tolerance: 1e-2, smallestGain: 1e-3 };

/**
 * @param data values of mean 0 and variance 1
 * @param noisePrior default: around e⁻⁴
 */
export function fitGaussianProcess(data: TrainingData, noisePrior: NoisePrior = LITTLE_NOISE): GaussianProcess {
  const d = data.isCategorical.length;
  const likelihood = new Likelihood(data);
  const meanLength = LENGTH_LOG_MEAN + 0.5 * Math.log(d);
  const objective = (theta: Float64Array, gradient: Float64Array): number => {
    let loss = -likelihood.evaluate(parametersAt(theta), gradient);
    for (let j = 0; j <= d; j++) {
      gradient[j] = -gradient[j]!;
      const [mean, variance] = j < d ? [meanLength, LENGTH_VARIANCE] : [noisePrior.mean, noisePrior.variance];
      // The density of the parameter itself, so that its mode, not its logarithm's, is sought.
      loss += theta[j]! + (theta[j]! - mean) ** 2 / (2 * variance);
      gradient[j]! += 1 + (theta[j]! - mean) / variance;
    }
    return loss;
  };
  const repeat = <T>(each: T, last: T) => Array.from({ length: d + 1 }, (_, j) => (j < d ? each : last));
  const box = { lower: repeat(BOUNDS.length[0], BOUNDS.noise[0]), upper: repeat(BOUNDS.length[1], BOUNDS.noise[1]) };
  // One start explains the values by the function, the other by noise; the data choose.
  const starts = [
    repeat(meanLength - LENGTH_VARIANCE, noisePrior.mean),
    repeat(Math.log(3), Math.max(Math.log(0.3), noisePrior.mean)),
  ];
  const minima = starts.map((start) => minimize(objective, start, { ...box, ...ENOUGH }));
  const best = minima.reduce((a, b) => (b.value < a.value ? b : a));
  return new GaussianProcess(data, parametersAt(best.x));
}

/** Log density of the lengths' prior, up to a constant. */
export function logLengthPrior({ inverseSquaredLengths }: KernelParameters): number {
  const mean = LENGTH_LOG_MEAN + 0.5 * Math.log(inverseSquaredLengths.length);
  return inverseSquaredLengths.reduce((sum, weight) => {
    const logLength = -0.5 * Math.log(weight);
    return sum - logLength - (logLength - mean) ** 2 / (2 * LENGTH_VARIANCE);
  }, 0);
}

/** @param theta the logarithms of each length, then of the noise variance */
function parametersAt(theta: Float64Array): KernelParameters {
  const d = theta.length - 1;
  return {
    inverseSquaredLengths: Float64Array.from({ length: d }, (_, j) => Math.exp(-2 * theta[j]!)),
    scale: 1,
    noise: Math.exp(theta[d]!),
  };
}

/** The log marginal likelihood of fixed data as a function of the parameters. */
export class Likelihood {
  readonly #data: TrainingData;
  /** For each pair i > j its squared differences, d in a row. */
  readonly #differences: Float64Array;
  /** Room for the matrices of one evaluation, n×n each, lower triangles. */
  readonly #matrix: Float64Array;
  readonly #factor: Float64Array;
  readonly #inverseFactor: Float64Array;
  readonly #inverse: Float64Array;
  readonly #slopes: Float64Array;

  constructor(data: TrainingData) {
    this.#data = data;
    const { points, values, isCategorical } = data;
    const d = isCategorical.length;
    this.#differences = new Float64Array(((values.length * (values.length - 1)) / 2) * d);
    const square = () => new Float64Array(values.length ** 2);
    [this.#matrix, this.#factor, this.#inverseFactor, this.#inverse] = [square(), square(), square(), square()];
    this.#slopes = new Float64Array((values.length * (values.length - 1)) / 2);
    let at = 0;
    for (let i = 0; i < values.length; i++) {
      for (let j = 0; j < i; j++) {
        for (let k = 0; k < d; k++) {
          this.#differences[at++] = squaredDifference(points[i * d + k]!, points[j * d + k]!, isCategorical[k]!);
        }
      }
    }
  }

  /**
   * log p(values | parameters), −Infinity where the kernel matrix is singular.
   * @param gradient receives its derivatives by log ℓ of each dimension, then by the log of the noise
   */
  evaluate(parameters: KernelParameters, gradient: Float64Array): number {
    const { values } = this.#data;
    const n = values.length;
    this.#fillKernel(parameters);
    const factor = cholesky(this.#matrix, n, this.#factor);
    gradient.fill(0);
    if (!factor) return Number.NEGATIVE_INFINITY;
    const inverseFactor = invertLower(factor, n, this.#inverseFactor);
    const whitened = timesLower(inverseFactor, n, values);
    const weights = timesLowerTransposed(inverseFactor, n, whitened);
    let value = -0.5 * n * Math.log(2 * Math.PI);
    for (let i = 0; i < n; i++) value -= Math.log(factor[i * n + i]!) + 0.5 * whitened[i]! * whitened[i]!;
    inverseOf(inverseFactor, n, this.#inverse);
    this.#addGradient(gradient, parameters, weights);
    return value;
  }

  #fillKernel({ inverseSquaredLengths, scale, noise }: KernelParameters): void {
    const { values, noiseFactors } = this.#data;
    const [n, d] = [values.length, inverseSquaredLengths.length];
    const [matrix, differences] = [this.#matrix, this.#differences];
    for (let i = 0, pair = 0, at = 0; i < n; i++) {
      for (let j = 0; j < i; j++, pair++) {
        let squared = 0;
        for (let k = 0; k < d; k++) squared += inverseSquaredLengths[k]! * differences[at++]!;
        const value = scale * matern(squared);
        matrix[i * n + j] = value;
        this.#slopes[pair] = slopeFrom(squared, value);
      }
      matrix[i * n + i] = scale + noise * (noiseFactors?.[i] ?? 1);
    }
  }

  /** ½ tr((ααᵀ − K⁻¹) ∂K) for each parameter; the two halves of the symmetric matrices are counted at once. */
  #addGradient(
    gradient: Float64Array,
    { inverseSquaredLengths, noise }: KernelParameters,
    weights: Float64Array,
  ): void {
    const [n, d] = [weights.length, inverseSquaredLengths.length];
    const [inverse, slopes, differences] = [this.#inverse, this.#slopes, this.#differences];
    for (let i = 0, pair = 0, at = 0; i < n; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const common = -2 * slopes[pair]! * (weights[i]! * weights[j]! - inverse[i * n + j]!);
        for (let k = 0; k < d; k++) gradient[k]! += common * differences[at++]!;
      }
      const factor = noise * (this.#data.noiseFactors?.[i] ?? 1);
      gradient[d]! += 0.5 * factor * (weights[i]! * weights[i]! - inverse[i * n + i]!);
    }
    for (let k = 0; k < d; k++) gradient[k]! *= inverseSquaredLengths[k]!;
  }
}

/** Lower triangle of K⁻¹ = L⁻ᵀ·L⁻¹. */
export function inverseOf(
  inverseFactor: Float64Array,
  n: number,
  inverse: Float64Array = new Float64Array(n * n),
): Float64Array {
  inverse.fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const weight = inverseFactor[k * n + i]!;
      for (let j = 0; j <= i; j++) inverse[i * n + j]! += weight * inverseFactor[k * n + j]!;
    }
  }
  return inverse;
}
