/**
 * A search space as a cube: numbers scaled to [0, 1] as they are searched, choices by their index. Choices that are all numbers,
 * such as batch sizes, have an order: they are spread over [0, 1] by their rank, as whoever lists 4, 8, 16, 32 thinks them
 * equally far apart.
 */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { quantize } from '../../distributions/representation.js';
import { coordinate, valueAt } from '../../distributions/unit.js';
import { type JsonValue, own } from '../../json.js';
import type { Params } from '../../trial/frozen-trial.js';

export interface Dimension {
  readonly name: string;
  readonly distribution: Distribution;
  /** Whether its values have no order. */
  readonly isCategorical: boolean;
  /** All coordinates of a discrete dimension with few values; null for others. */
  readonly values: Float64Array | null;
  /** Of choices with an order the coordinate of each, by index; null for others. */
  readonly places: Float64Array | null;
}

/** Discrete numbers with more values are searched like continuous ones, then rounded. */
const MOST_ENUMERATED = 16;
/** Two choices are as far apart with an order as without. */
const FEWEST_ORDERED = 3;

export class UnitSpace {
  readonly space: SearchSpace;
  readonly dimensions: readonly Dimension[];

  constructor(space: SearchSpace) {
    this.space = space;
    this.dimensions = Object.entries(space).map(([name, distribution]) => {
      const places = placesOf(distribution);
      const isCategorical = distribution.type === 'categorical' && places === null;
      return { name, distribution, isCategorical, values: places?.slice().sort() ?? valuesOf(distribution), places };
    });
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
    return Float64Array.from(this.dimensions, (dimension) => coordinateOf(dimension, own(params, dimension.name)));
  }

  /** The parameters nearest to a point. */
  decode(point: ArrayLike<number>): Params {
    return Object.fromEntries(
      this.dimensions.map((dimension, d) => [dimension.name, valueAtPlace(dimension, point[d]!)]),
    );
  }

  /** Moves coordinates onto values that the distributions have. */
  snap(point: Float64Array): Float64Array {
    return point.map((x, d) => coordinateOf(this.dimensions[d]!, valueAtPlace(this.dimensions[d]!, x)));
  }

  /** The coordinate at a share u in [0, 1) of a dimension. */
  fromUnit(d: number, u: number): number {
    const { distribution, values, isCategorical } = this.dimensions[d]!;
    if (distribution.type !== 'categorical') return coordinate(distribution, valueAt(distribution, u));
    if (!isCategorical) return values![Math.min(Math.floor(u * values!.length), values!.length - 1)]!;
    return Math.min(Math.floor(u * distribution.choices.length), distribution.choices.length - 1);
  }
}

/** A value's coordinate; NaN for foreign values. */
export function coordinateOf({ distribution, places }: Dimension, value: JsonValue | undefined): number {
  const at = coordinate(distribution, value);
  return places ? (places[at] ?? Number.NaN) : at;
}

/** The coordinate as the distribution has it (see `unit.ts`): of choices the index. */
export function plainCoordinate({ places }: Dimension, x: number): number {
  if (!places) return x;
  return places.reduce((best, place, index) => (Math.abs(place - x) < Math.abs(places[best]! - x) ? index : best), 0);
}

function valueAtPlace(dimension: Dimension, x: number): JsonValue {
  return valueAt(dimension.distribution, plainCoordinate(dimension, x));
}

function placesOf(distribution: Distribution): Float64Array | null {
  if (distribution.type !== 'categorical' || distribution.choices.length < FEWEST_ORDERED) return null;
  const numbers = distribution.choices.filter((choice): choice is number => typeof choice === 'number');
  const count = distribution.choices.length;
  if (numbers.length < count) return null;
  const ranks = [...numbers].sort((a, b) => a - b);
  return Float64Array.from(numbers, (number) => (ranks.indexOf(number) + 0.5) / count);
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
