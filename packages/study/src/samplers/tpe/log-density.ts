/**
 * The log density of a mixture of products of kernels, quick enough for tens of thousands of kernels: those so far from a
 * point that they add nothing to its density, rounded, are passed over, and a point's sum can be left when what it has
 * come to is enough.
 */

import type { Kernels } from './dimension-kernels.js';
import { Neighbours, PIECE } from './neighbours.js';
import { LOG_MOST_OUTSIDE, NormalKernels } from './normal-kernels.js';
import { PRIOR } from './numeric-kernels.js';
import { lookUp, type Table } from './table.js';

/** Terms so much smaller than another, in logarithms, are lost in a sum even ten thousand times over. */
const NEGLIGIBLE = -40;
/** Normal densities at some points, which are on the scale of the search; the rest as in `NormalKernels`. */
interface Normals extends Pick<NormalKernels, 'mu' | 'inverse' | 'constant'> {
  readonly xs: Float64Array;
}

/** Sums of the prior and the kernels at some points, each taken as far as one wants. */
export class DensitySums {
  readonly #weights: Float64Array;
  readonly #normals: Normals[] = [];
  readonly #tables: Table[] = [];
  readonly #neighbours: Neighbours;
  /** By point: the largest term so far, in logarithms (NaN outside the range), and the sum in units of it. */
  readonly #largest: Float64Array;
  readonly #sums: Float64Array;
  readonly #terms = new Float64Array(PIECE);

  /**
   * @param weights of the kernels by slot; none weighs more than the prior
   * @param slots of the kernels but the prior
   * @param points one array of internal values for each dimension
   */
  constructor(
    weights: Float64Array,
    slots: Int32Array,
    dimensions: readonly Kernels[],
    points: readonly Float64Array[],
  ) {
    this.#weights = weights;
    const priors = new Float64Array(points[0]!.length);
    // In a discrete dimension a value z bandwidths away has at most half of this over e^(z²/2).
    let highest = LOG_MOST_OUTSIDE;
    for (const [d, kernels] of dimensions.entries()) {
      if (kernels instanceof NormalKernels) {
        const { mu, inverse, constant } = kernels;
        const xs = kernels.scaled(points[d]!);
        this.#normals.push({ mu, inverse, constant, xs });
        for (let i = 0; i < xs.length; i++) priors[i]! += kernels.logDensity(PRIOR, xs[i]!);
        highest += kernels.peak;
      } else {
        const table = kernels.table(points[d]!);
        this.#tables.push(table);
        for (let i = 0; i < priors.length; i++) priors[i]! += lookUp(table, PRIOR, i);
      }
    }
    // A kernel so many bandwidths away from a point in any dimension is negligible there beside the prior.
    const lowest = priors.reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
    const reach = Math.sqrt(2 * Math.max(0, highest - lowest - NEGLIGIBLE));
    this.#neighbours = new Neighbours(dimensions, slots, points, reach);
    // The prior is nowhere small: what is lost beside it needs no further look.
    this.#largest = priors;
    this.#sums = new Float64Array(priors.length).fill(weights[PRIOR]!);
  }

  /** The logarithm of what the sum at point `i` has come to; −Infinity outside the range. */
  logSum(i: number): number {
    const largest = this.#largest[i]!;
    return Number.isNaN(largest) ? Number.NEGATIVE_INFINITY : Math.log(this.#sums[i]!) + largest;
  }

  /** Adds some more kernels to the sum at point `i`; false when there were none left. */
  advance(i: number): boolean {
    const slots = this.#neighbours.next(i);
    if (slots.length === 0 || Number.isNaN(this.#largest[i]!)) return false;
    this.#logTerms(slots, i);
    let [largest, sum] = [this.#largest[i]!, this.#sums[i]!];
    for (let j = 0; j < slots.length; j++) {
      const gap = this.#terms[j]! - largest;
      if (gap > 0) {
        sum = sum * Math.exp(-gap) + this.#weights[slots[j]!]!;
        largest = this.#terms[j]!;
      } else if (gap > NEGLIGIBLE) sum += this.#weights[slots[j]!]! * Math.exp(gap);
    }
    this.#largest[i] = largest;
    this.#sums[i] = sum;
    return true;
  }

  /** Writes the log densities of kernels at point `i` into `#terms`, one dimension after the other. */
  #logTerms(slots: Int32Array, i: number): void {
    const terms = this.#terms.fill(0, 0, slots.length);
    for (const { xs, mu, inverse, constant } of this.#normals) {
      const x = xs[i]!;
      for (let j = 0; j < slots.length; j++) {
        const slot = slots[j]!;
        const z = (x - mu[slot]!) * inverse[slot]!;
        terms[j]! += constant[slot]! - 0.5 * z * z;
      }
    }
    for (const table of this.#tables) {
      const { values, rows, width, columns } = table;
      const column = columns[i]!;
      for (let j = 0; j < slots.length; j++) {
        const slot = slots[j]!;
        const value = values[rows[slot]! * width + column]!;
        terms[j]! += Number.isNaN(value) ? lookUp(table, slot, i) : value;
      }
    }
  }
}

/** The whole sums at all points. */
export function logDensities(sums: DensitySums, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    while (sums.advance(i));
    return sums.logSum(i);
  });
}

/**
 * The first point at which `logGood` less the whole log sum is largest. What a sum has come to bounds that difference from
 * above, so most sums are left when another point is seen to be better.
 */
export function bestRatio(logGood: Float64Array, bad: DensitySums): number {
  const bounds = logGood.map((value, i) => value - bad.logSum(i));
  for (;;) {
    let best = 0;
    for (let i = 1; i < bounds.length; i++) if (bounds[i]! > bounds[best]!) best = i;
    if (!bad.advance(best)) return best;
    bounds[best] = logGood[best]! - bad.logSum(best);
  }
}
