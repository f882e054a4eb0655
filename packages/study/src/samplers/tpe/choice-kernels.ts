/** Kernels of a categorical parameter: each favours the choice it observed; the prior none, or what is recommended. */

import type { CategoricalDistribution } from '../../distributions/distribution.js';
import { logPrior } from '../../distributions/prior.js';
import { choiceProbabilities } from './kernels.js';
import { withRoom } from './slots.js';
import type { Table } from './table.js';

export class ChoiceKernels {
  readonly distribution: CategoricalDistribution;
  count = 0;
  /** Log probability that the prior gives to each choice. */
  logPrior = new Float64Array(0);
  /** By slot: 0 for the prior, else 1 + the index of the choice it observed. */
  #rowOf = new Int32Array(1);

  constructor(distribution: CategoricalDistribution) {
    this.distribution = distribution;
  }

  /** @param asked a distribution of the same choices; what it recommends shapes the prior when `informed` */
  setPrior(asked: CategoricalDistribution, informed: boolean): void {
    const count = asked.choices.length;
    const log = (choice: number) => (informed ? logPrior(asked, choice) : 0) - Math.log(count);
    this.logPrior = Float64Array.from({ length: count }, (_, choice) => log(choice));
  }

  /** Adds kernels of indices of choices. */
  add(slots: readonly number[], values: readonly number[]): void {
    this.#rowOf = withRoom(this.#rowOf, slots.reduce((a, b) => Math.max(a, b), 0) + 1);
    for (const [i, slot] of slots.entries()) this.#rowOf[slot] = 1 + values[i]!;
    this.count += slots.length;
  }

  remove(_slot: number): void {
    this.count--;
  }

  /** Index of the choice that the kernel of a slot observed. */
  observed(slot: number): number {
    return this.#rowOf[slot]! - 1;
  }

  /** Probability that a kernel gives to the choice it observed, and to each other one. */
  get probabilities(): { readonly hit: number; readonly miss: number } {
    return choiceProbabilities(this.count, this.distribution.choices.length);
  }

  /** @param points indices of choices */
  table(points: Float64Array): Table {
    const width = this.logPrior.length;
    const { hit, miss } = this.probabilities;
    const values = new Float64Array((width + 1) * width).fill(Math.log(miss));
    values.set(this.logPrior);
    for (let choice = 0; choice < width; choice++) values[(choice + 1) * width + choice] = Math.log(hit);
    return { values, width, rows: this.#rowOf, columns: Int32Array.from(points) };
  }
}
