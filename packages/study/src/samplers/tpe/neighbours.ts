/** Which kernels are near enough to a point to add to its density: those around it in two dimensions, and the wide ones. */

import { ChoiceKernels } from './choice-kernels.js';
import type { Kernels } from './dimension-kernels.js';
import { toScale } from './kernels.js';
import type { NumericKernels } from './numeric-kernels.js';

/** Fewer kernels are all taken for near. */
const FEW = 64;
/** The most that is given at a time. */
export const PIECE = 128;

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
  /** In the order of the first dimension, the place of each point. */
  readonly #centres: Int32Array = new Int32Array(0);
  /** Slots that are looked at from every point. */
  readonly #everywhere: Int32Array;
  /** For each point how many of these, and of the places of the first dimension, were given. */
  readonly #given: Int32Array;
  readonly #piece = new Int32Array(PIECE);

  /**
   * @param slots of all kernels but the prior
   * @param reach a kernel so many bandwidths away from a point in any dimension is none of its neighbours
   */
  constructor(dimensions: readonly Kernels[], slots: Int32Array, points: readonly Float64Array[], reach: number) {
    this.#everywhere = slots;
    this.#given = new Int32Array(points[0]!.length);
    if (slots.length < FEW) return;
    const vicinities: Vicinity[] = [];
    for (const [d, kernels] of dimensions.entries()) {
      if (!(kernels instanceof ChoiceKernels)) vicinities.push(vicinityOf(kernels, points[d]!, reach));
    }
    [this.#first, this.#second] = vicinities.sort((a, b) => a.total - b.total);
    if (!this.#first) return;
    const { kernels } = this.#first;
    this.#everywhere = wideOf(kernels, slots);
    this.#centres = Int32Array.from(points[dimensions.indexOf(kernels as Kernels)]!, (x) =>
      kernels.firstFrom(toScale(kernels.distribution, x)),
    );
    if (this.#second) this.#values = valuesOf(this.#second.kernels, kernels.order, slots.length);
  }

  /** The next slots, without the prior's, that count at point `i`; none at the end. Overwritten by the next call. */
  next(i: number): Int32Array {
    const given = this.#given[i]!;
    const left = this.#everywhere.length - given;
    if (left > 0) {
      this.#given[i]! += Math.min(left, PIECE);
      return this.#everywhere.subarray(given, given + PIECE);
    }
    return this.#first ? this.#around(i, this.#first, -left) : this.#everywhere.subarray(given);
  }

  /**
   * From the point outwards, so that what adds most comes first.
   * @param passed how many places of the first dimension were looked at before
   */
  #around(i: number, { kernels, begin, end }: Vicinity, passed: number): Int32Array {
    const [from, to] = [this.#second?.from[i] ?? Number.NaN, this.#second?.to[i] ?? Number.NaN];
    const [first, centre, last] = [begin[i]!, this.#centres[i]!, end[i]!];
    const values = this.#values;
    const { order } = kernels;
    const steps = 2 * Math.max(centre - first, last - centre);
    let found = 0;
    let step = passed;
    for (; step < steps && found < PIECE; step++) {
      const j = step % 2 === 0 ? centre + step / 2 : centre - (step + 1) / 2;
      if (j < first || j >= last || values[j]! < from || values[j]! > to) continue;
      const slot = order[j]!;
      if (!isWide(kernels, slot)) this.#piece[found++] = slot;
    }
    this.#given[i] = this.#everywhere.length + step;
    return this.#piece.subarray(0, found);
  }
}

/** Whether the kernel may reach further than others do: a gap made it wider, or it lies outside the range. */
function isWide({ mu, sigma, narrowest, low, high }: NumericKernels, slot: number): boolean {
  return sigma[slot]! > narrowest || mu[slot]! < low || mu[slot]! > high;
}

function wideOf(kernels: NumericKernels, slots: Int32Array): Int32Array {
  const wide = new Int32Array(slots.length);
  let count = 0;
  for (let k = 0; k < slots.length; k++) if (isWide(kernels, slots[k]!)) wide[count++] = slots[k]!;
  return wide.subarray(0, count);
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
