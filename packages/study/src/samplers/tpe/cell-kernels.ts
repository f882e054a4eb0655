/** Kernels of a parameter with a step: the mass of a normal density in each value's cell, half a step to either side. */

import { logNormalMass } from '../../numerics/normal.js';
import { toScale } from './kernels.js';
import { NumericKernels } from './numeric-kernels.js';
import { withRoom } from './slots.js';
import type { Table } from './table.js';

/** A parameter of at most so many values has the masses of all of them kept. */
const FEW = 64;

/** A kernel's shape; kernels of a discrete parameter repeat. */
interface Shape {
  readonly mu: number;
  readonly sigma: number;
  /** Its log mass in the range. */
  readonly total: number;
}

export class CellKernels extends NumericKernels {
  #shapes: Shape[] = [];
  #known = new Map<number, number[]>();
  /** Index of its shape by slot. */
  #shapeOf = new Int32Array(1);
  /** The values that columns stand for, and log masses row by row; NaN until they are looked up. */
  #values: readonly number[] = [];
  #masses = new Float64Array(0);
  /** How many shapes have a row. */
  #begun = 0;

  protected override reserve(slots: number): void {
    this.#shapeOf = withRoom(this.#shapeOf, slots);
  }

  protected override renew(): void {
    this.#shapes = [];
    this.#known = new Map();
    this.#begun = 0;
    super.renew();
  }

  protected override changed(slot: number): void {
    const [mu, sigma] = [this.mu[slot]!, this.sigma[slot]!];
    let alike = this.#known.get(mu);
    if (!alike) this.#known.set(mu, (alike = []));
    let index = alike.find((i) => this.#shapes[i]!.sigma === sigma);
    if (index === undefined) {
      const total = logNormalMass((this.low - mu) / sigma, (this.high - mu) / sigma);
      alike.push((index = this.#shapes.push({ mu, sigma, total }) - 1));
    }
    this.#shapeOf[slot] = index;
  }

  /** @param points values of the distribution */
  table(points: Float64Array): Table {
    // Most may be those of kernels that are gone.
    if (this.#shapes.length > 2 * this.count + 16) this.renew();
    const columns = this.#columns(points);
    const width = this.#values.length;
    this.#masses = withRoom(this.#masses, width * this.#shapes.length);
    this.#masses.fill(Number.NaN, width * this.#begun, width * this.#shapes.length);
    this.#begun = this.#shapes.length;
    const compute = (row: number, column: number) => this.#mass(this.#shapes[row]!, this.#values[column]!);
    return { values: this.#masses, compute, width, rows: this.#shapeOf, columns };
  }

  /** Of few values all have a column, which stays; of many those of the points. */
  #columns(points: Float64Array): Int32Array {
    const { low, high, step } = this.distribution;
    const count = Math.round((high - low) / step!) + 1;
    if (count > FEW) {
      this.#values = [...new Set(points)];
      this.#begun = 0;
      return Int32Array.from(points, (x) => this.#values.indexOf(x));
    }
    if (this.#values.length === 0) this.#values = Array.from({ length: count }, (_, i) => low + i * step!);
    return Int32Array.from(points, (x) => Math.round((x - low) / step!));
  }

  #mass({ mu, sigma, total }: Shape, value: number): number {
    const half = this.distribution.step! / 2;
    const left = (toScale(this.distribution, value - half) - mu) / sigma;
    const right = (toScale(this.distribution, value + half) - mu) / sigma;
    return logNormalMass(left, right) - total;
  }
}
