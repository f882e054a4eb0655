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
  /** Tokens that predict; where the loss is computed in chunks, those of one chunk. */
  targets: 1_000_037,
  /** Predictions that count: a token may make several, of alternatives. */
  predictions: 1_000_039,
  /** Different rows of the embedding tables that the tokens look up. */
  distinctTokens: 1_000_081,
  distinctPositions: 1_000_099,
  // Those of a model that is written for other programs. Several of them meet in one tensor, so they are smaller: its size stays exact.
  batch_size: 10_007,
  sequence_length: 10_009,
  past_sequence_length: 10_037,
  /** The last two together. */
  total_sequence_length: 20_046,
} as const;

export type OpenSize = keyof typeof openSizes;

/** The open sizes of one run. */
export type Sizes = Readonly<Partial<Record<OpenSize, number>>>;

// The total is looked for first: it is no prime.
const entries = (Object.entries(openSizes) as [OpenSize, number][]).reverse();

export interface OpenPart {
  size: OpenSize;
  factor: number;
  /** Further open sizes that the dimension is a multiple of. */
  others: OpenSize[];
  /** 1 where a row is appended. */
  extra: number;
}

/** The open size in a dimension and what it is multiplied by; undefined for a dimension that is fixed. */
export function openPart(dimension: number): OpenPart | undefined {
  const whole = multipleOf(dimension);
  if (whole) return { ...whole, extra: 0 };
  const less = dimension > openSizes.tokens ? multipleOf(dimension - 1) : undefined;
  return less && { ...less, extra: 1 };
}

function multipleOf(dimension: number): Omit<OpenPart, 'extra'> | undefined {
  const found: OpenSize[] = [];
  let factor = dimension;
  for (const [size, number] of entries) {
    if (factor % number !== 0) continue;
    found.push(size);
    factor /= number;
  }
  const [size, ...others] = found;
  return size && { size, factor, others };
}

export const isOpen = (shape: Shape): boolean => shape.some((dimension) => openPart(dimension) !== undefined);

/** The shape of one run. @throws RangeError where a size is not given */
export function resolveShape(shape: Shape, sizes: Sizes): number[] {
  return shape.map((dimension) => {
    const open = openPart(dimension);
    if (!open) return dimension;
    return (
      open.extra + [open.size, ...open.others].reduce((product, name) => product * sizeIn(sizes, name), open.factor)
    );
  });
}

function sizeIn(sizes: Sizes, name: OpenSize): number {
  const size = sizes[name];
  if (size === undefined) throw new RangeError(`The graph leaves the number of ${name} open, and none was given.`);
  return size;
}
