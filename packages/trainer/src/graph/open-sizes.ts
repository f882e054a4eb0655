// Sizes that a graph leaves open until it runs, so that one compiled graph serves batches of any size.
import type { Shape } from '../tensor/shape.js';

/**
 * What stands for an open size in shapes: a prime that divides no size of a model, so that products and comparisons of shapes stay plain
 * arithmetic. A dimension is open where one of them divides it.
 */
export const openSizes = {
  /** Tokens of a batch, padding left out. */
  tokens: 1_000_003,
  /** Rows in which attention sees them. */
  rows: 1_000_033,
  /** Tokens that predict. */
  targets: 1_000_037,
  /** Predictions that count: a token may make several, of alternatives. */
  predictions: 1_000_039,
} as const;

export type OpenSize = keyof typeof openSizes;

/** The open sizes of one run. */
export type Sizes = Readonly<Partial<Record<OpenSize, number>>>;

const entries = Object.entries(openSizes) as [OpenSize, number][];

/** The open size in a dimension and what it is multiplied by; undefined for a dimension that is fixed. */
export function openPart(dimension: number): { size: OpenSize; factor: number } | undefined {
  for (const [size, prime] of entries) if (dimension % prime === 0) return { size, factor: dimension / prime };
  return undefined;
}

export const isOpen = (shape: Shape): boolean => shape.some((dimension) => openPart(dimension) !== undefined);

/** The shape of one run. @throws RangeError where a size is not given */
export function resolveShape(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dimension) => {
    const open = openPart(dimension);
    if (!open) return dimension;
    const size = sizes[open.size];
    if (size === undefined)
      throw new RangeError(`The graph leaves the number of ${open.size} open, and none was given.`);
    return size * open.factor;
  });
}
