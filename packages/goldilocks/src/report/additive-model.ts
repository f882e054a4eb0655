// Splits the losses of a search's trials into one effect per hyperparameter, and says how sure that split is.
//
// loss(x, share) = constant(share) + Σ_j f_j(x_j, share) + the trial's own deviation + noise. Each f_j is a Gaussian
// process over values and share of the schedule, its kernel a product of the two (additive GP: Duvenaud, Nickisch and
// Rasmussen, 1112.4394; curves: 2410.09239), so that trials stopped early inform the end as far as early and late
// losses go together in this study. Trials differ in many parameters at once; where two always moved together, the
// posterior leaves it open which of them did it, and that is what makes the verdicts honest with few trials. Sizes and
// smoothness of the effects and the likeness of early and late are averaged over, by Metropolis sampling.
import { mulberry32 } from '../metrics/bootstrap.js';
import { cholesky, halfLogDeterminant, solveLower, solveUpper } from './cholesky.js';

/** A parameter, or something made of several. */
export interface Axis {
  kind: 'ordered' | 'choice';
  /** Median of the prior of its effect's size, as a share of the losses' spread. */
  typicalEffect: number;
}

/** Where a run stands: a position in [0, 1] on each ordered axis, an index on each axis of choices; and its share of the schedule. */
export interface Place {
  positions: readonly number[];
  share: number;
}

export interface Row extends Place {
  trial: number;
  /** What is explained. */
  loss: number;
  /** Variance of its noise, relative to `noise`² (1 = an ordinary measurement). */
  noiseWeight: number;
}

/** What moving from one place to another does. */
export interface Effect {
  mean: number;
  deviation: number;
  /** Probability that it is above the tolerance asked for, and that it is below minus the tolerance. */
  above: number;
  below: number;
}

export interface AdditiveModelInput {
  axes: Axis[];
  rows: Row[];
  /** Standard deviation that chance alone gives an ordinary measurement, > 0. */
  noise: number;
}

interface Sample {
  scales: number[];
  lengths: number[];
  likeness: number;
  factor: Float64Array;
  /** K⁻¹·(losses − mean). */
  weights: Float64Array;
}

/** At this many rows; more where there are fewer, as a factorisation costs n³/3. */
const proposals = { at: 60, count: 1600, most: 4000, fewest: 150 };
const burnIn = 0.2;
const kept = 80;

export class AdditiveModel {
  readonly #input: AdditiveModelInput;
  readonly #samples: Sample[];

  constructor(input: AdditiveModelInput) {
    this.#input = input;
    this.#samples = new Sampler(input).run();
  }

  /** Effect of moving from `from` to `to`, two places at the same share. */
  effect(from: Place, to: Place, tolerance: number): Effect {
    let mean = 0;
    let square = 0;
    let above = 0;
    let below = 0;
    for (const sample of this.#samples) {
      const { m, variance } = this.#posterior(from, to, sample);
      const deviation = Math.sqrt(variance);
      mean += m;
      square += m * m + variance;
      above += normalTail((tolerance - m) / deviation);
      below += normalTail((tolerance + m) / deviation);
    }
    const n = this.#samples.length;
    mean /= n;
    return { mean, deviation: Math.sqrt(Math.max(square / n - mean * mean, 0)), above: above / n, below: below / n };
  }

  /** The expected effect alone, which costs far less. */
  mean(from: Place, to: Place): number {
    const sum = this.#samples.reduce((total, sample) => {
      return total + dot(this.#covariance(from, to, sample).covariance, sample.weights);
    }, 0);
    return sum / this.#samples.length;
  }

  #posterior(from: Place, to: Place, sample: Sample): { m: number; variance: number } {
    const { covariance, prior } = this.#covariance(from, to, sample);
    const explained = solveLower(sample.factor, covariance);
    return { m: dot(covariance, sample.weights), variance: Math.max(prior - dot(explained, explained), 1e-12) };
  }

  /** Of the effect with each row, and its own prior variance. */
  #covariance(from: Place, to: Place, sample: Sample): { covariance: Float64Array; prior: number } {
    const { axes, rows } = this.#input;
    const covariance = new Float64Array(rows.length);
    let prior = 0;
    for (const [j, axis] of axes.entries()) {
      const [a, b] = [from.positions[j]!, to.positions[j]!];
      if (a === b) continue;
      const kernel = kernelOf(axis, sample.scales[j]!, sample.lengths[j]!);
      prior += 2 * (kernel(a, a) - kernel(a, b));
      for (const [i, { positions }] of rows.entries()) {
        covariance[i] = covariance[i]! + kernel(b, positions[j]!) - kernel(a, positions[j]!);
      }
    }
    for (const [i, { share }] of rows.entries()) covariance[i] = covariance[i]! * likenessAt(share, to.share, sample);
    return { covariance, prior };
  }
}

function kernelOf({ kind }: Axis, scale: number, length: number): (a: number, b: number) => number {
  const variance = scale * scale;
  if (kind === 'choice') return (a, b) => (a === b ? variance : 0);
  return (a, b) => variance * Math.exp(-0.5 * ((a - b) / length) ** 2);
}

/** Correlation of an effect at two shares; `likeness` is that over a factor of nine. */
function likenessAt(a: number, b: number, { likeness }: Pick<Sample, 'likeness'>): number {
  return a === b ? 1 : likeness ** (Math.abs(Math.log(a / b)) / Math.log(9));
}

/** Metropolis sampling of the effects' sizes and lengths, of likeness and of misfit, one parameter a proposal. */
class Sampler {
  readonly #axes: Axis[];
  readonly #rows: Row[];
  readonly #centred: Float64Array;
  readonly #noise: number;
  readonly #spread: number;
  readonly #random: () => number;

  constructor({ axes, rows, noise }: AdditiveModelInput) {
    const mean = rows.reduce((sum, { loss }) => sum + loss, 0) / rows.length;
    this.#axes = axes;
    this.#rows = rows;
    this.#centred = Float64Array.from(rows, ({ loss }) => loss - mean);
    this.#noise = noise;
    this.#spread = Math.max(Math.sqrt(dot(this.#centred, this.#centred) / rows.length), noise);
    this.#random = mulberry32(17);
  }

  run(): Sample[] {
    const count = this.#axes.length;
    // Standard normal coordinates: log size and log length per axis, then misfit, then likeness.
    let position: number[] = new Array(2 * count + 2).fill(0);
    let matrices = this.#axes.map((_, axis) => this.#matrix(axis, position));
    let current = this.#solve(matrices, position)!;
    const samples: Sample[] = [];
    const { at, count: usual, most, fewest } = proposals;
    const budget = Math.round(Math.min(most, Math.max(fewest, usual * (at / this.#rows.length) ** 2)));
    const start = Math.round(budget * burnIn);
    const keepEvery = Math.max(8, Math.ceil((budget - start) / kept));
    for (let i = 0; i < budget; i++) {
      const axis = i % (count + 1);
      const proposed = [...position];
      const coordinates = [2 * axis, 2 * axis + 1];
      for (const coordinate of coordinates) proposed[coordinate] = proposed[coordinate]! + 0.9 * this.#normal();
      const changed = axis === count ? matrices : matrices.with(axis, this.#matrix(axis, proposed));
      const next = this.#solve(changed, proposed);
      if (next && Math.log(this.#random()) < next.logPosterior - current.logPosterior) {
        position = proposed;
        matrices = changed;
        current = next;
      }
      if (i >= start && i % keepEvery === 0) samples.push(current.sample);
    }
    return samples;
  }

  /** Prior: the typical size, give or take a factor of 3. */
  #scale(axis: number, position: readonly number[]): number {
    return this.#axes[axis]!.typicalEffect * this.#spread * Math.exp(1.1 * position[2 * axis]!);
  }

  /** Prior: an effect varies over 0.45 of the range, give or take a factor of 1.5. */
  #length(axis: number, position: readonly number[]): number {
    return 0.45 * Math.exp(0.4 * position[2 * axis + 1]!);
  }

  /** Prior: 0.4 to 0.9 in two of three studies, 0.71 typically. */
  #likeness(position: readonly number[]): number {
    return 1 / (1 + Math.exp(-0.9 - 1.3 * position[2 * this.#axes.length + 1]!));
  }

  #matrix(axis: number, position: readonly number[]): Float64Array {
    const n = this.#rows.length;
    const kernel = kernelOf(this.#axes[axis]!, this.#scale(axis, position), this.#length(axis, position));
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const at = this.#rows[i]!.positions[axis]!;
      for (let k = 0; k <= i; k++) matrix[i * n + k] = kernel(at, this.#rows[k]!.positions[axis]!);
    }
    return matrix;
  }

  #solve(matrices: Float64Array[], position: number[]): { logPosterior: number; sample: Sample } | null {
    const n = this.#rows.length;
    const likeness = this.#likeness(position);
    // Interactions, which an additive model cannot see, make a trial deviate: typically by 15 % of the spread.
    const misfit = (0.15 * this.#spread * Math.exp(position[2 * this.#axes.length]!)) ** 2;
    const total = new Float64Array(n * n);
    for (const matrix of matrices) for (let i = 0; i < total.length; i++) total[i] = total[i]! + matrix[i]!;
    for (let i = 0; i < n; i++) {
      const row = this.#rows[i]!;
      for (let k = 0; k <= i; k++) {
        const other = this.#rows[k]!;
        const own = row.trial === other.trial ? misfit * Math.sqrt(row.noiseWeight * other.noiseWeight) : 0;
        const level = row.share === other.share ? 9 * this.#spread ** 2 : 0;
        total[i * n + k] = (total[i * n + k]! + own) * likenessAt(row.share, other.share, { likeness }) + level;
      }
      total[i * n + i] = total[i * n + i]! + this.#noise ** 2 * row.noiseWeight;
    }
    const factor = cholesky(total, n);
    if (!factor) return null;
    const half = solveLower(factor, this.#centred);
    const likelihood = -0.5 * dot(half, half) - halfLogDeterminant(factor, n);
    const sample: Sample = {
      scales: this.#axes.map((_, axis) => this.#scale(axis, position)),
      lengths: this.#axes.map((_, axis) => this.#length(axis, position)),
      likeness,
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
