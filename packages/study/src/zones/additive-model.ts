/**
 * Splits the losses of a search's trials into one effect for each hyperparameter, and says how sure that split is.
 *
 * loss(x, share) = constant(share) + Σ_j f_j(x_j, share) + Σ_{j<k} f_jk(x_j, x_k, share) + noise. Each f is a Gaussian process
 * over values and share of the schedule, its kernel a product of the two (curves: arXiv:2410.09239), so that trials stopped
 * early inform the end as far as early and late losses go together in this study. Trials differ in many parameters at once;
 * where two always moved together, the posterior leaves it open which of them did it, and that is what makes statements honest
 * with few trials. Sizes and smoothness of the effects, how much they interact and the likeness of early and late are averaged over.
 */

import { solveLower } from '../numerics/cholesky.js';
import { normalCdf } from '../numerics/normal.js';
import type { RandomGenerator } from '../numerics/random.js';
import type { AdditiveModelInput } from './additive-model-input.js';
import { axisCovariance, combined, likenessAt, type Place } from './effect-kernel.js';
import { EffectSampler, type Sample } from './effect-sampler.js';
import { multivariateNormal } from './multivariate-normal.js';

/** What moving from one place to another does. */
export interface Effect {
  readonly mean: number;
  readonly deviation: number;
  /** Probability that it is above the tolerance asked for, and that it is below minus the tolerance. */
  readonly above: number;
  readonly below: number;
}

export class AdditiveModel {
  readonly #input: AdditiveModelInput;
  readonly #samples: readonly Sample[];
  readonly #known = new WeakMap<Sample, Map<string, { sums: Float64Array; squares: Float64Array }>>();

  constructor(input: AdditiveModelInput) {
    this.#input = input;
    this.#samples = new EffectSampler(input).run();
  }

  /** Standard deviation of the noise of an ordinary measurement, on average over what is likely. */
  get noise(): number {
    return this.#samples.reduce((sum, { noise }) => sum + noise, 0) / this.#samples.length;
  }

  /** Effect of moving from `from` to `to`, two places at the same share. */
  effect(from: Place, to: Place, tolerance: number): Effect {
    let [mean, square, above, below] = [0, 0, 0, 0];
    for (const { mean: m, variance } of this.components(from, to)) {
      const deviation = Math.sqrt(variance);
      mean += m;
      square += m * m + variance;
      above += normalCdf((m - tolerance) / deviation);
      below += normalCdf((-m - tolerance) / deviation);
    }
    const n = this.#samples.length;
    mean /= n;
    return { mean, deviation: Math.sqrt(Math.max(square / n - mean * mean, 0)), above: above / n, below: below / n };
  }

  /** The effect as a mixture of normal distributions, one for each of the model's samples, all as likely. */
  components(from: Place, to: Place): { mean: number; variance: number; noise: number }[] {
    return this.#samples.map((sample) => {
      const { means, covariance } = this.#posterior(from, [to], sample);
      return { mean: means[0]!, variance: Math.max(covariance[0]!, 1e-12), noise: sample.noise ** 2 };
    });
  }

  /** The expected effect alone, which costs far less. */
  mean(from: Place, to: Place): number {
    const sum = this.#samples.reduce((total, sample) => {
      const cross = this.#crossCovariance(from, to, sample);
      return total + dot(cross, sample.weights);
    }, 0);
    return sum / this.#samples.length;
  }

  /**
   * Draws of the effects of moving from `from` to each of several places together, all at the same share.
   * @param count draws for each of the model's samples
   */
  draws(from: Place, places: readonly Place[], count: number, random: RandomGenerator): Float64Array[] {
    return this.#samples.flatMap((sample) => {
      const { means, covariance } = this.#posterior(from, places, sample);
      return multivariateNormal(means, covariance, count, random);
    });
  }

  /** Means of the effects, and their covariance, row after row. */
  #posterior(from: Place, places: readonly Place[], sample: Sample): { means: Float64Array; covariance: Float64Array } {
    const crosses = places.map((place) => this.#crossCovariance(from, place, sample));
    const explained = crosses.map((cross) => solveLower(sample.factor, cross));
    const means = Float64Array.from(crosses, (cross) => dot(cross, sample.weights));
    const prior = (a: Place, b: Place) => this.#kernel(a, b, sample);
    const [atFrom, fromTo] = [prior(from, from), places.map((place) => prior(from, place))];
    const covariance = new Float64Array(places.length ** 2);
    for (const [i, a] of places.entries()) {
      for (let k = 0; k <= i; k++) {
        const value = prior(a, places[k]!) - fromTo[i]! - fromTo[k]! + atFrom - dot(explained[i]!, explained[k]!);
        covariance[i * places.length + k] = covariance[k * places.length + i] = value;
      }
    }
    return { means, covariance };
  }

  /** Of the effect with each row: what changes are the kernels of the axes on which the places differ. */
  #crossCovariance(from: Place, to: Place, sample: Sample): Float64Array {
    const { axes, rows } = this.#input;
    const { sums, squares } = this.#kernelsAt(from, sample);
    const moved = axes.flatMap((_, j) => (from.positions[j] === to.positions[j] ? [] : [j]));
    return Float64Array.from(rows, (row, i) => {
      let [sum, square] = [sums[i]!, squares[i]!];
      for (const j of moved) {
        const [before, after] = [this.#axisKernel(j, from, row, sample), this.#axisKernel(j, to, row, sample)];
        sum += after - before;
        square += after * after - before * before;
      }
      const { interaction, likeness } = sample;
      const effect = combined(sum, square, interaction) - combined(sums[i]!, squares[i]!, interaction);
      return effect * likenessAt(row.share, to.share, likeness);
    });
  }

  /** Σ k and Σ k² of a place with each row, kept because effects are asked for from few places. */
  #kernelsAt(from: Place, sample: Sample): { sums: Float64Array; squares: Float64Array } {
    const key = from.positions.join();
    let known = this.#known.get(sample);
    if (!known) this.#known.set(sample, (known = new Map()));
    let kernels = known.get(key);
    if (!kernels) {
      const { rows } = this.#input;
      kernels = { sums: new Float64Array(rows.length), squares: new Float64Array(rows.length) };
      for (const [i, row] of rows.entries()) {
        const { sum, squares } = this.#kernelSums(from, row, sample);
        kernels.sums[i] = sum;
        kernels.squares[i] = squares;
      }
      known.set(key, kernels);
    }
    return kernels;
  }

  #kernel(a: Place, b: Place, sample: Sample): number {
    const { sum, squares } = this.#kernelSums(a, b, sample);
    return combined(sum, squares, sample.interaction);
  }

  #kernelSums(a: Place, b: Place, sample: Sample): { sum: number; squares: number } {
    let [sum, squares] = [0, 0];
    for (let j = 0; j < this.#input.axes.length; j++) {
      const value = this.#axisKernel(j, a, b, sample);
      sum += value;
      squares += value * value;
    }
    return { sum, squares };
  }

  #axisKernel(j: number, a: Place, b: Place, { scales, lengths }: Sample): number {
    return axisCovariance(this.#input.axes[j]!.kind, scales[j]!, lengths[j]!, a.positions[j]!, b.positions[j]!);
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
