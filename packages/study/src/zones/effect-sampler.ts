/** Metropolis sampling of what the additive model does not know: sizes, lengths, interaction, likeness, noise. */

import { cholesky, halfLogDeterminant, solveLower, solveLowerTransposed } from '../numerics/cholesky.js';
import { RandomGenerator } from '../numerics/random.js';
import type { AdditiveModelInput, Row } from './additive-model-input.js';
import { axisCovariance, combined, type EffectAxis, type EffectParameters, likenessAt } from './effect-kernel.js';
import { standardNormal } from './multivariate-normal.js';

export interface Sample extends EffectParameters {
  /** Standard deviation of what chance and unexplained deviation make of one trial. */
  readonly noise: number;
  /** Cholesky factor of the losses' covariance K. */
  readonly factor: Float64Array;
  /** K⁻¹·(losses − mean). */
  readonly weights: Float64Array;
}

interface Drawn extends EffectParameters {
  readonly noise: number;
  /** Variance of what a trial deviates by for itself. */
  readonly misfit: number;
}

/** At this many rows; more where there are fewer, as a factorisation costs n³/3. */
const PROPOSALS = { at: 60, count: 1600, most: 4000, fewest: 150 };
const BURN_IN = 0.2;
const KEPT = 80;
const STEP = 0.9;
/** Median of the prior of the interaction, in units of the losses' variance. */
const INTERACTION = 0.3;

export class EffectSampler {
  readonly #axes: readonly EffectAxis[];
  readonly #rows: readonly Row[];
  readonly #centred: Float64Array;
  readonly #noise: number | null;
  readonly #spread: number;
  readonly #random = RandomGenerator.of(17);

  constructor({ axes, rows, noise }: AdditiveModelInput) {
    const mean = rows.reduce((sum, { loss }) => sum + loss, 0) / rows.length;
    this.#axes = axes;
    this.#rows = rows;
    this.#centred = Float64Array.from(rows, ({ loss }) => loss - mean);
    this.#noise = noise;
    const square = this.#centred.reduce((sum, value) => sum + value * value, 0);
    this.#spread = Math.max(Math.sqrt(square / rows.length), noise ?? 1e-12);
  }

  run(): Sample[] {
    const count = this.#axes.length;
    // Standard normal coordinates: log size and log length of each axis, then interaction, likeness, noise and misfit.
    let position: number[] = new Array(2 * count + 4).fill(0);
    let matrices = this.#axes.map((_, axis) => this.#matrix(axis, position));
    let current = this.#solve(matrices, position);
    if (!current) throw new RangeError('The covariance of the losses is not positive definite; give a larger noise.');
    const samples: Sample[] = [];
    const { at, count: usual, most, fewest } = PROPOSALS;
    const budget = Math.round(Math.min(most, Math.max(fewest, usual * (at / this.#rows.length) ** 2)));
    const start = Math.round(budget * BURN_IN);
    const keepEvery = Math.max(8, Math.ceil((budget - start) / KEPT));
    for (let i = 0; i < budget; i++) {
      // One axis a proposal; all that is not of an axis is two turns more.
      const turn = i % (count + 2);
      const proposed = [...position];
      for (const coordinate of [2 * turn, 2 * turn + 1]) proposed[coordinate]! += STEP * standardNormal(this.#random);
      const changed = turn < count ? matrices.with(turn, this.#matrix(turn, proposed)) : matrices;
      const next = this.#solve(changed, proposed);
      if (next && Math.log(this.#random.uniform()) < next.logPosterior - current.logPosterior) {
        position = proposed;
        matrices = changed;
        current = next;
      }
      if (i >= start && i % keepEvery === 0) samples.push(current.sample);
    }
    return samples;
  }

  #parameters(position: readonly number[]): Drawn {
    const count = this.#axes.length;
    const [interaction, likeness, noise, misfit] = position.slice(2 * count) as [number, number, number, number];
    return {
      scales: this.#axes.map((_, axis) => this.#scale(axis, position)),
      lengths: this.#axes.map((_, axis) => this.#length(axis, position)),
      // Prior: 0.4 to 0.9 in two of three studies, 0.71 typically.
      likeness: 1 / (1 + Math.exp(-0.9 - 1.3 * likeness)),
      interaction: (INTERACTION * Math.exp(1.5 * interaction)) / this.#spread ** 2,
      noise: this.#noise ?? this.#spread * 0.1 * Math.exp(1.3 * noise),
      misfit: (0.05 * this.#spread * Math.exp(misfit)) ** 2,
    };
  }

  /** Prior: the typical size, give or take a factor of 3. */
  #scale(axis: number, position: readonly number[]): number {
    return this.#axes[axis]!.typicalEffect * this.#spread * Math.exp(1.1 * position[2 * axis]!);
  }

  /** Prior: an effect varies over 0.45 of the range, give or take a factor of 1.5. */
  #length(axis: number, position: readonly number[]): number {
    return 0.45 * Math.exp(0.4 * position[2 * axis + 1]!);
  }

  #matrix(axis: number, position: readonly number[]): Float64Array {
    const n = this.#rows.length;
    const { kind } = this.#axes[axis]!;
    const [scale, length] = [this.#scale(axis, position), this.#length(axis, position)];
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const at = this.#rows[i]!.positions[axis]!;
      for (let k = 0; k <= i; k++) {
        matrix[i * n + k] = axisCovariance(kind, scale, length, at, this.#rows[k]!.positions[axis]!);
      }
    }
    return matrix;
  }

  #solve(matrices: readonly Float64Array[], position: readonly number[]) {
    const n = this.#rows.length;
    const parameters = this.#parameters(position);
    const total = this.#covariance(matrices, parameters);
    const factor = cholesky(total, n);
    if (!factor) return null;
    const half = solveLower(factor, this.#centred);
    const likelihood = -0.5 * half.reduce((sum, value) => sum + value * value, 0) - halfLogDeterminant(factor, n);
    const noise = Math.sqrt(parameters.noise ** 2 + parameters.misfit);
    const sample: Sample = { ...parameters, noise, factor, weights: solveLowerTransposed(factor, half) };
    return { logPosterior: likelihood - 0.5 * position.reduce((sum, x) => sum + x * x, 0), sample };
  }

  #covariance(matrices: readonly Float64Array[], { likeness, interaction, noise, misfit }: Drawn): Float64Array {
    const n = this.#rows.length;
    const total = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const row = this.#rows[i]!;
      for (let k = 0; k <= i; k++) {
        const other = this.#rows[k]!;
        let [sum, squares] = [0, 0];
        for (const matrix of matrices) {
          const value = matrix[i * n + k]!;
          sum += value;
          squares += value * value;
        }
        // What even pairs of axes cannot explain makes a trial deviate.
        const own = row.trial === other.trial ? misfit * Math.sqrt(row.noiseWeight * other.noiseWeight) : 0;
        const level = row.share === other.share ? 9 * this.#spread ** 2 : 0;
        const effects = combined(sum, squares, interaction) + own;
        total[i * n + k] = effects * likenessAt(row.share, other.share, likeness) + level;
      }
      total[i * n + i]! += noise ** 2 * row.noiseWeight;
    }
    return total;
  }
}
