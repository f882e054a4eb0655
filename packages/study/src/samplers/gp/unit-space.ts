/** A search space as a cube: numbers scaled to [0, 1] as they are searched, choices by their index. */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { quantize } from '../../distributions/representation.js';
import { coordinate, valueAt } from '../../distributions/unit.js';
import { own } from '../../json.js';
import type { Params } from '../../trial/frozen-trial.js';

export interface Dimension {
  readonly name: string;
  readonly distribution: Distribution;
  readonly isCategorical: boolean;
  /** All coordinates of a discrete dimension with few values; null for others. */
  readonly values: Float64Array | null;
}

/** Discrete numbers with more values are searched like continuous ones, then rounded. */
const MOST_ENUMERATED = 16;

export class UnitSpace {
  readonly space: SearchSpace;
  readonly dimensions: readonly Dimension[];

  constructor(space: SearchSpace) {
    this.space = space;
    this.dimensions = Object.entries(space).map(([name, distribution]) => ({
      name,
      distribution,
      isCategorical: distribution.type === 'categorical',
      values: valuesOf(distribution),
    }));
  }

  get size(): number {
    return this.dimensions.length;
  }

  /** The point of some parameters, or null when one is missing or foreign to its distribution. */
  encode(params: Params): Float64Array | null {
    const point = this.coordinates(params);
    return point.some(Number.isNaN) ? null : point;
  }

  /** The same, with NaN for what is missing or foreign. */
  coordinates(params: Params): Float64Array {
    return Float64Array.from(this.dimensions, ({ name, distribution }) => coordinate(distribution, own(params, name)));
  }

  /** The parameters nearest to a point. */
  decode(point: ArrayLike<number>): Params {
    return Object.fromEntries(
      this.dimensions.map(({ name, distribution }, d) => [name, valueAt(distribution, point[d]!)]),
    );
  }

  /** Moves coordinates onto values that the distributions have. */
  snap(point: Float64Array): Float64Array {
    return point.map((x, d) => {
      const { distribution } = this.dimensions[d]!;
      return coordinate(distribution, valueAt(distribution, x));
    });
  }

  /** The coordinate at a share u in [0, 1) of a dimension. */
  fromUnit(d: number, u: number): number {
    const { distribution } = this.dimensions[d]!;
    if (distribution.type !== 'categorical') return coordinate(distribution, valueAt(distribution, u));
    return Math.min(Math.floor(u * distribution.choices.length), distribution.choices.length - 1);
  }
}

function valuesOf(distribution: Distribution): Float64Array | null {
  if (distribution.type === 'categorical') return Float64Array.from(distribution.choices, (_, index) => index);
  const { low, high, step } = distribution;
  if (step === null) return null;
  const count = Math.round((high - low) / step) + 1;
  if (count > MOST_ENUMERATED) return null;
  return Float64Array.from({ length: count }, (_, k) =>
    coordinate(distribution, quantize(distribution, low + k * step)),
  );
}
