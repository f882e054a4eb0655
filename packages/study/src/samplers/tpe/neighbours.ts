/** Which kernels are near enough to a point to add to its density: those around it in two dimensions, and the wide ones. */

import { ChoiceKernels } from './choice-kernels.js';
import { toScale } from './kernels.js';
import type { Kernels } from './mixture.js';
import type { NumericKernels } from './numeric-kernels.js';

/** Fewer kernels are all taken for near. */
const FEW = 64;

/** What is near to each point in one dimension. */
interface Vicinity {
  readonly kernels: NumericKernels;
  /** Bounds of the values within reach. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** The same as places in the kernels' order. */
  readonly begin: Int32Array;
  readonly end: Int32Array;
  readonly total: number;
}

export class Neighbours {
  /** Of the dimension in which fewest kernels are near. */
  readonly #first: Vicinity | undefined;
  readonly #second: Vicinity | undefined;
  /** In the order of the first dimension, the values in the second; NaN for kernels that are wide there. */
  readonly #values = new Float64Array(0);
  /** Slots that are looked at from every point, then room for those of a point. */
  readonly #slots: Int32Array;
  #everywhere = 0;

  /**
   * @param slots of all kernels but the prior
   * @param reach a kernel so many bandwidths away from a point in any dimension is none of its neighbours
   */
  constructor(dimensions: readonly Kernels[], slots: Int32Array, points: readonly Float64Array[], reach: number) {
    this.#slots = slots;
    if (slots.length < FEW) return;
    const vicinities: Vicinity[] = [];
    for (const [d, kernels] of dimensions.entries()) {
      if (!(kernels instanceof ChoiceKernels)) vicinities.push(vicinityOf(kernels, points[d]!, reach));
    }
    [this.#first, this.#second] = vicinities.sort((a, b) => a.total - b.total);
    if (!this.#first) return;
    this.#slots = new Int32Array(slots.length);
    for (const slot of slots) if (isWide(this.#first.kernels, slot)) this.#slots[this.#everywhere++] = slot;
    if (this.#second) this.#values = valuesOf(this.#second.kernels, this.#first.kernels.order, slots.length);
  }

  /** The slots, without the prior's, that count at point `i`; overwritten by the next call. */
  of(i: number): Int32Array {
    if (!this.#first) return this.#slots;
    const { kernels, begin, end } = this.#first;
    const [from, to] = [this.#second?.from[i] ?? Number.NaN, this.#second?.to[i] ?? Number.NaN];
    const values = this.#values;
    let found = this.#everywhere;
    for (let j = begin[i]!; j < end[i]!; j++) {
      if (values[j]! < from || values[j]! > to) continue;
      const slot = kernels.order[j]!;
      if (!isWide(kernels, slot)) this.#slots[found++] = slot;
    }
    return this.#slots.subarray(0, found);
  }
}

/** Whether the kernel may reach further than others do: a gap made it wider, or it lies outside the range. */
function isWide({ mu, sigma, narrowest, low, high }: NumericKernels, slot: number): boolean {
  return sigma[slot]! > narrowest || mu[slot]! < low || mu[slot]! > high;
}

function valuesOf(kernels: NumericKernels, order: Int32Array, count: number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    const slot = order[j]!;
    values[j] = isWide(kernels, slot) ? Number.NaN : kernels.mu[slot]!;
  }
  return values;
}

function vicinityOf(kernels: NumericKernels, points: Float64Array, reach: number): Vicinity {
  const { distribution, narrowest } = kernels;
  const half = distribution.step === null ? 0 : distribution.step / 2;
  const radius = reach * narrowest;
  const from = points.map((x) => toScale(distribution, x - half) - radius);
  const to = points.map((x) => toScale(distribution, x + half) + radius);
  const begin = Int32Array.from(from, (x) => kernels.firstFrom(x));
  const end = Int32Array.from(to, (x) => kernels.firstFrom(x));
  let total = 0;
  for (let i = 0; i < points.length; i++) total += end[i]! - begin[i]!;
  return { kernels, from, to, begin, end, total };
}
