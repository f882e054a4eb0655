/** A mixture of products of kernels over several parameters, kept while observations come and go: draws and densities. */

import type { CategoricalDistribution, Distribution, NumericDistribution } from '../../distributions/distribution.js';
import { quantize } from '../../distributions/representation.js';
import { truncatedNormalQuantile } from '../../numerics/normal.js';
import type { RandomGenerator } from '../../numerics/random.js';
import { CellKernels } from './cell-kernels.js';
import { ChoiceKernels } from './choice-kernels.js';
import type { Kernels } from './dimension-kernels.js';
import { mixtureWeights } from './kernels.js';
import { DensitySums, logDensities } from './log-density.js';
import { NormalKernels } from './normal-kernels.js';
import { type NumericKernels, PRIOR } from './numeric-kernels.js';
import { insertAt, placeOf, removeAt, withRoom } from './slots.js';

/** An observation: the trial's number, and its values (indices of choices, numbers in the logarithm where `log`). */
export interface Observation {
  readonly number: number;
  readonly values: readonly number[];
}

export interface MixtureOptions {
  /** Whether old observations weigh less than the newest. Default true. */
  readonly fades?: boolean;
  /** Whether the prior is about what the distributions recommend. Default false. */
  readonly informed?: boolean;
}

export class ParzenMixture {
  /** One for each distribution. */
  readonly dimensions: readonly Kernels[];
  readonly #fades: boolean;
  readonly #informed: boolean;
  /** Numbers of the trials by slot; the first slot is the prior's. */
  readonly #numbers: number[] = [-1];
  readonly #free: number[] = [];
  /** The slots in use, without the prior's, in the order of the trials. */
  #order = new Int32Array(0);
  #count = 0;

  constructor(distributions: readonly Distribution[], { fades = true, informed = false }: MixtureOptions = {}) {
    this.#fades = fades;
    this.#informed = informed;
    this.dimensions = distributions.map((distribution) => {
      if (distribution.type === 'categorical') return new ChoiceKernels(distribution);
      return new (distribution.step === null ? NormalKernels : CellKernels)(distribution, this.#numbers);
    });
    this.setPrior(distributions);
  }

  /** How many observations there are. */
  get count(): number {
    return this.#count;
  }

  /** Slots of the observations' kernels, in the order of their trials. */
  get slots(): Int32Array {
    return this.#order.subarray(0, this.#count);
  }

  /** @param asked the same distributions, with what they recommend now */
  setPrior(asked: readonly Distribution[]): void {
    for (const [d, kernels] of this.dimensions.entries()) {
      if (kernels instanceof ChoiceKernels) kernels.setPrior(asked[d] as CategoricalDistribution, this.#informed);
      else kernels.setPrior(asked[d] as NumericDistribution, this.#informed);
    }
  }

  /** Returns a slot for each, by which it is removed. */
  add(observations: readonly Observation[]): number[] {
    const slots = observations.map(({ number }) => {
      const slot = this.#free.pop() ?? this.#numbers.length;
      this.#numbers[slot] = number;
      return slot;
    });
    this.#order = withRoom(this.#order, this.#count + slots.length);
    for (const slot of slots) {
      insertAt(this.#order, this.#count, this.#placeOf(slot), slot);
      this.#count++;
    }
    for (const [d, kernels] of this.dimensions.entries()) {
      kernels.add(
        slots,
        observations.map(({ values }) => values[d]!),
      );
    }
    return slots;
  }

  remove(slot: number): void {
    for (const kernels of this.dimensions) kernels.remove(slot);
    removeAt(this.#order, this.#count, this.#placeOf(slot));
    this.#count--;
    this.#free.push(slot);
  }

  #placeOf(slot: number): number {
    const number = this.#numbers[slot]!;
    return placeOf(this.#order, this.#count, (other) => this.#numbers[other]! < number);
  }

  /** Draws points; one array of internal values for each dimension. */
  draw(count: number, random: RandomGenerator): Float64Array[] {
    const points = this.dimensions.map(() => new Float64Array(count));
    const weights = mixtureWeights(this.#count, this.#fades);
    for (let i = 0; i < count; i++) {
      const slot = this.#pick(weights, random.uniform());
      for (const [d, kernels] of this.dimensions.entries()) {
        const u = random.uniform();
        points[d]![i] = kernels instanceof ChoiceKernels ? drawChoice(kernels, slot, u) : drawNumber(kernels, slot, u);
      }
    }
    return points;
  }

  #pick(weights: Float64Array, u: number): number {
    let rest = u;
    for (let k = 0; k < this.#count; k++) if ((rest -= weights[k]!) < 0) return this.#order[k]!;
    return PRIOR;
  }

  /** Sums of the kernels at points given as `draw` gives them. */
  sums(points: readonly Float64Array[]): DensitySums {
    const weights = mixtureWeights(this.#count, this.#fades);
    const bySlot = new Float64Array(this.#numbers.length);
    bySlot[PRIOR] = weights[this.#count]!;
    for (let k = 0; k < this.#count; k++) bySlot[this.#order[k]!] = weights[k]!;
    return new DensitySums(bySlot, this.slots, this.dimensions, points);
  }

  /** Log density at such points; −Infinity outside the range. */
  logDensity(points: readonly Float64Array[]): Float64Array {
    return logDensities(this.sums(points), points[0]!.length);
  }
}

function drawNumber({ distribution, mu, sigma, low, high }: NumericKernels, slot: number, u: number): number {
  const [m, s] = [mu[slot]!, sigma[slot]!];
  if (s === 0) return distribution.low;
  const scaled = truncatedNormalQuantile(u, (low - m) / s, (high - m) / s) * s + m;
  return quantize(distribution, distribution.log ? Math.exp(scaled) : scaled);
}

function drawChoice(kernels: ChoiceKernels, slot: number, u: number): number {
  const { logPrior, probabilities } = kernels;
  const observed = kernels.observed(slot);
  let rest = u;
  for (let choice = 0; choice < logPrior.length; choice++) {
    if (slot === PRIOR) rest -= Math.exp(logPrior[choice]!);
    else rest -= choice === observed ? probabilities.hit : probabilities.miss;
    if (rest < 0) return choice;
  }
  return logPrior.length - 1;
}
