// Splits the losses of a search's trials into one effect per hyperparameter, and says how sure that split is.
//
// loss(x) = constant + Σ_j f_j(x_j) + noise, each f_j a Gaussian process (additive GP: Duvenaud, Nickisch and
// Rasmussen, 1112.4394). Trials of a search differ in many parameters at once; where two always moved together, the
// posterior leaves it open which of them did it, and that is what makes the verdicts honest with few trials. The
// size and smoothness of each effect are not fitted but averaged over, by Metropolis sampling.
import { mulberry32 } from '../metrics/bootstrap.js';
import { cholesky, halfLogDeterminant, solveLower, solveUpper } from './cholesky.js';

/** One parameter's values over all trials: positions in [0, 1] on an ordered axis, or the index of a choice. */
export interface Axis {
  kind: 'ordered' | 'choice';
  values: number[];
}

/** f_j(at) − f_j(reference): what moving this one parameter away from the reference does. */
export interface Effect {
  mean: number;
  deviation: number;
  /** Probability that it exceeds the tolerance asked for. */
  exceeds: number;
}

export interface AdditiveModelInput {
  axes: Axis[];
  /** What is explained, one number a trial. */
  losses: number[];
  /** Variance of each trial's noise, relative to `noise`² (1 = an ordinary trial). */
  noiseWeights: number[];
  /** Standard deviation that chance alone gives an ordinary trial, > 0. */
  noise: number;
  /** Index of the trial that effects are relative to. */
  reference: number;
}

interface Sample {
  scales: number[];
  lengths: number[];
  factor: Float64Array;
  /** K⁻¹·(losses − mean). */
  weights: Float64Array;
}

const proposals = 1500;
const burnIn = 400;
const keepEvery = 12;

export class AdditiveModel {
  readonly #input: AdditiveModelInput;
  readonly #samples: Sample[];

  constructor(input: AdditiveModelInput) {
    this.#input = input;
    this.#samples = new Sampler(input).run();
  }

  /** Effect of moving parameter `axis` to position (or choice) `at`, the others as at the reference. */
  effect(axis: number, at: number, tolerance: number): Effect {
    const { values } = this.#input.axes[axis]!;
    const from = values[this.#input.reference]!;
    let mean = 0;
    let square = 0;
    let exceeds = 0;
    for (const sample of this.#samples) {
      const kernel = this.#kernel(axis, sample);
      const covariance = Float64Array.from(values, (value) => kernel(at, value) - kernel(from, value));
      const m = dot(covariance, sample.weights);
      const explained = solveLower(sample.factor, covariance);
      const prior = 2 * (kernel(at, at) - kernel(at, from));
      const variance = Math.max(prior - dot(explained, explained), 1e-12);
      mean += m;
      square += m * m + variance;
      exceeds += normalTail((tolerance - m) / Math.sqrt(variance));
    }
    const n = this.#samples.length;
    mean /= n;
    return { mean, deviation: Math.sqrt(Math.max(square / n - mean * mean, 0)), exceeds: exceeds / n };
  }

  /** Expected effect of each trial's own value of `axis`, against the reference. */
  contributions(axis: number): number[] {
    const { values } = this.#input.axes[axis]!;
    const from = values[this.#input.reference]!;
    const sums = values.map(() => 0);
    for (const sample of this.#samples) {
      const kernel = this.#kernel(axis, sample);
      values.forEach((at, i) => {
        values.forEach((value, k) => {
          sums[i] = sums[i]! + (kernel(at, value) - kernel(from, value)) * sample.weights[k]!;
        });
      });
    }
    return sums.map((sum) => sum / this.#samples.length);
  }

  #kernel(axis: number, sample: Sample): (a: number, b: number) => number {
    return kernelOf(this.#input.axes[axis]!, sample.scales[axis]!, sample.lengths[axis]!);
  }
}

function kernelOf(axis: Axis, scale: number, length: number): (a: number, b: number) => number {
  const variance = scale * scale;
  if (axis.kind === 'choice') return (a, b) => (a === b ? variance : 0);
  return (a, b) => variance * Math.exp(-0.5 * ((a - b) / length) ** 2);
}

/** Metropolis sampling of the effects' scales and lengths and of the noise, one parameter a proposal. */
class Sampler {
  readonly #axes: Axis[];
  readonly #centred: Float64Array;
  readonly #weights: number[];
  readonly #noise: number;
  readonly #spread: number;
  readonly #random: () => number;

  constructor(input: AdditiveModelInput) {
    const mean = input.losses.reduce((sum, loss) => sum + loss, 0) / input.losses.length;
    this.#axes = input.axes;
    this.#centred = Float64Array.from(input.losses, (loss) => loss - mean);
    this.#weights = input.noiseWeights;
    this.#noise = input.noise;
    this.#spread = Math.max(Math.sqrt(dot(this.#centred, this.#centred) / input.losses.length), input.noise);
    this.#random = mulberry32(17);
  }

  run(): Sample[] {
    const count = this.#axes.length;
    // Standard normal coordinates: log scale and log length per axis, then log misfit.
    let position: number[] = new Array(2 * count + 1).fill(0);
    let matrices = this.#axes.map((_, axis) => this.#matrix(axis, position));
    let current = this.#solve(matrices, position)!;
    const kept: Sample[] = [];
    // A factorisation costs n³/3: fewer proposals where there are many trials, which need less averaging.
    const budget = Math.min(proposals, Math.max(150, Math.round(proposals * (50 / this.#centred.length) ** 2)));
    const start = Math.round((budget * burnIn) / proposals);
    for (let i = 0; i < budget; i++) {
      const axis = i % (count + 1);
      const proposed = [...position];
      const coordinates = axis === count ? [2 * count] : [2 * axis, 2 * axis + 1];
      for (const coordinate of coordinates) proposed[coordinate] = proposed[coordinate]! + 0.9 * this.#normal();
      const changed = axis === count ? matrices : matrices.with(axis, this.#matrix(axis, proposed));
      const next = this.#solve(changed, proposed);
      if (next && Math.log(this.#random()) < next.logPosterior - current.logPosterior) {
        position = proposed;
        matrices = changed;
        current = next;
      }
      if (i >= start && i % keepEvery === 0) kept.push(current.sample);
    }
    return kept;
  }

  /** Priors: an effect is typically half the losses' spread, give or take a factor of 3.5, and varies over 0.45 of the range. */
  #scale(axis: number, position: readonly number[]): number {
    return 0.5 * this.#spread * Math.exp(1.25 * position[2 * axis]!);
  }

  #length(axis: number, position: readonly number[]): number {
    return 0.45 * Math.exp(0.4 * position[2 * axis + 1]!);
  }

  #matrix(axis: number, position: readonly number[]): Float64Array {
    const n = this.#centred.length;
    const { values } = this.#axes[axis]!;
    const kernel = kernelOf(this.#axes[axis]!, this.#scale(axis, position), this.#length(axis, position));
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let k = 0; k <= i; k++) matrix[i * n + k] = kernel(values[i]!, values[k]!);
    return matrix;
  }

  #solve(matrices: Float64Array[], position: number[]): { logPosterior: number; sample: Sample } | null {
    const n = this.#centred.length;
    // Interactions, which an additive model cannot see, count as noise: typically 15 % of the spread.
    const misfit = 0.15 * this.#spread * Math.exp(1.0 * position[2 * this.#axes.length]!);
    const total = new Float64Array(n * n).fill(9 * this.#spread ** 2);
    for (const matrix of matrices) for (let i = 0; i < total.length; i++) total[i] = total[i]! + matrix[i]!;
    for (let i = 0; i < n; i++) {
      total[i * n + i] = total[i * n + i]! + this.#noise ** 2 * this.#weights[i]! + misfit ** 2 * this.#weights[i]!;
    }
    const factor = cholesky(total, n);
    if (!factor) return null;
    const half = solveLower(factor, this.#centred);
    const likelihood = -0.5 * dot(half, half) - halfLogDeterminant(factor, n);
    const sample: Sample = {
      scales: this.#axes.map((_, axis) => this.#scale(axis, position)),
      lengths: this.#axes.map((_, axis) => this.#length(axis, position)),
      factor,
      weights: solveUpper(factor, half),
    };
    return { logPosterior: likelihood - 0.5 * position.reduce((sum, x) => sum + x * x, 0), sample };
  }

  /** Box and Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** P(Z > x) of a standard normal, to 1e-7 (Abramowitz and Stegun 7.1.26). */
export function normalTail(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * series * Math.exp((-x * x) / 2);
  return x >= 0 ? tail : 1 - tail;
}
