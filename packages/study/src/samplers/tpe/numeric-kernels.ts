/** Normal kernels of one numeric parameter, kept sorted, with their bandwidths, while observations come and go. */

import type { NumericDistribution } from '../../distributions/distribution.js';
import { deviationOf, hasPrior } from '../../distributions/prior.js';
import { largerGap, narrowestBandwidth, toScale } from './kernels.js';
import { insertAt, placeOf, removeAt, withRoom } from './slots.js';

/** The slot of the prior kernel, which is in no order. */
export const PRIOR = 0;
/** So many added at a time are sorted anew rather than put in one by one. */
const MANY = 64;

/** Kernels are truncated to [low, high]; all is in the logarithm where the distribution is. */
export abstract class NumericKernels {
  readonly distribution: NumericDistribution;
  /** Bounds of the truncation; with a step, half a step outside the distribution's. */
  readonly low: number;
  readonly high: number;
  /** By slot. */
  mu = new Float64Array(1);
  sigma = new Float64Array(1);
  /** The slots of the first `count` kernels, without the prior, by ascending `mu`, then by trial. */
  order = new Int32Array(0);
  count = 0;
  /** The bandwidth that none is below, and most have when there are many. */
  narrowest = Number.NaN;
  readonly #numbers: readonly number[];

  /** @param numbers of the trials by slot; it grows */
  constructor(distribution: NumericDistribution, numbers: readonly number[]) {
    this.distribution = distribution;
    const half = distribution.step === null ? 0 : distribution.step / 2;
    this.low = toScale(distribution, distribution.low - half);
    this.high = toScale(distribution, distribution.high + half);
    this.#numbers = numbers;
  }

  /** Called when `mu` or `sigma` of a slot, which there is room for, is another. */
  protected abstract changed(slot: number): void;
  protected abstract reserve(slots: number): void;

  /** @param asked a distribution of the same values; what it recommends shapes the prior when `informed` */
  setPrior(asked: NumericDistribution, informed: boolean): void {
    const range = this.high - this.low;
    const isRecommending = informed && hasPrior(asked);
    this.mu[PRIOR] = isRecommending ? toScale(asked, asked.recommended!) : 0.5 * (this.low + this.high);
    this.sigma[PRIOR] = isRecommending ? deviationOf(asked) * range : range;
    this.reserve(1);
    this.changed(PRIOR);
  }

  /** Adds kernels of values on the scale of the search. */
  add(slots: readonly number[], values: readonly number[]): void {
    const room = slots.reduce((a, b) => Math.max(a, b), 0) + 1;
    this.mu = withRoom(this.mu, room);
    this.sigma = withRoom(this.sigma, room);
    this.order = withRoom(this.order, this.count + slots.length);
    this.reserve(room);
    for (const [i, slot] of slots.entries()) this.mu[slot] = values[i]!;
    if (slots.length < MANY) for (const slot of slots) this.#insert(slot);
    else {
      this.order.set(slots, this.count);
      this.count += slots.length;
      this.order.subarray(0, this.count).sort((a, b) => this.#compare(a, b));
      this.narrowest = Number.NaN;
    }
    this.#widen();
  }

  #insert(slot: number): void {
    const at = placeOf(this.order, this.count, (other) => this.#compare(other, slot) < 0);
    insertAt(this.order, this.count++, at, slot);
    this.#widenAround(at);
  }

  remove(slot: number): void {
    const at = placeOf(this.order, this.count, (other) => this.#compare(other, slot) < 0);
    removeAt(this.order, this.count--, at);
    this.#widenAround(at);
    this.#widen();
  }

  /** The first place in the order whose kernel is not below `x`. */
  firstFrom(x: number): number {
    return placeOf(this.order, this.count, (slot) => this.mu[slot]! < x);
  }

  /** Whether a kernel lies outside the range: ranges may have changed in the course of a study. */
  get hasStrays(): boolean {
    if (this.count === 0) return false;
    return this.mu[this.order[0]!]! < this.low || this.mu[this.order[this.count - 1]!]! > this.high;
  }

  #compare(a: number, b: number): number {
    return this.mu[a]! - this.mu[b]! || this.#numbers[a]! - this.#numbers[b]!;
  }

  /** Only neighbours' bandwidths change with a kernel, as long as the narrowest stays what it is. */
  #widenAround(at: number): void {
    for (let i = Math.max(0, at - 1); i <= at + 1 && i < this.count; i++) this.#widenAt(i);
  }

  #widen(): void {
    const narrowest = narrowestBandwidth(this.count, this.high - this.low);
    if (narrowest === this.narrowest) return;
    this.narrowest = narrowest;
    this.renew();
  }

  /** Computes all that follows from the kernels' values again. */
  protected renew(): void {
    this.changed(PRIOR);
    for (let i = 0; i < this.count; i++) this.#widenAt(i);
  }

  #widenAt(i: number): void {
    const { order, mu, count } = this;
    const slot = order[i]!;
    const [first, last] = count > 1 ? [Number.NaN, Number.NaN] : [this.low, this.high];
    const before = i > 0 ? mu[order[i - 1]!]! : first;
    const after = i < count - 1 ? mu[order[i + 1]!]! : last;
    this.sigma[slot] = Math.min(this.high - this.low, Math.max(this.narrowest, largerGap(before, mu[slot]!, after)));
    this.changed(slot);
  }
}
