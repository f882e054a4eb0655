// Groups examples into micro-batches: their tokens lie one after the other without padding, what all begin with is there once a row.
import type { ModelTask } from '../models/architecture.js';
import type { TokenizedExample } from './example.js';
import type { BatchShape, Segment, Target } from './segments.js';

/** An example with its number in the dataset. */
export interface NumberedExample {
  index: number;
  example: TokenizedExample;
}

export interface MicroBatch {
  shape: BatchShape;
  segments: Segment[];
  targets: Target[];
  /** For each segment, the dataset number of an example that has it. */
  examples: number[];
  /** For each target, the dataset number of its example. */
  targetExamples: number[];
  /** Tokens read of all examples; what is shared counts for each. */
  realTokens: number;
}

/** Rows are this long unless an example is longer: long enough to pack well, short enough for attention. */
export const commonRow = 128;
/** Rows are longer where more is shared: this many times as long, up to the bound. */
const rowPerShared = 4;
const longSharedRow = 512;
/** Sharing less does not pay. */
const leastShared = 4;

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, … */
export function roundUp(count: number, smallest = 1): number {
  let size = smallest;
  while (size < count) size += 2 ** Math.floor(Math.log2(size)) === size ? Math.max(1, size / 2) : size / 3;
  return size;
}

/** Tokens an example takes in a row: its last token is only predicted, never read. */
export const rowTokens = (example: TokenizedExample): number => example.ids.length - 1;

/** Number of supervised tokens: those the loss counts. */
export function supervisedTokens(example: TokenizedExample): number {
  let count = 0;
  for (const mark of example.supervised) count += mark;
  return count;
}

/**
 * Packs examples into micro-batches of about equal size and at most `tokenBudget` tokens (one example at least), those of similar length
 * together. Each target weighs 1/`normaliser`, so that the losses of all micro-batches of a step add up to its mean.
 * @param mayShare whether what all examples begin with may be there once
 */
export function makeMicroBatches(
  examples: readonly NumberedExample[],
  tokenBudget: number,
  normaliser: number,
  task: ModelTask = 'generation',
  mayShare = true,
): MicroBatch[] {
  const size = ({ example }: NumberedExample) => rowTokens(example);
  const byLength = [...examples].sort((a, b) => size(b) - size(a));
  if (task === 'classification') {
    return evenParts(byLength, size, tokenBudget).map((part) => makeClassBatch(packRows(part, 0), normaliser));
  }
  const shared = mayShare ? sharedTokens(byLength) : 0;
  return evenParts(byLength, size, tokenBudget).map((part) => makeBatch(packRows(part, shared), shared, normaliser));
}

/** How many tokens all examples begin with. Before a token that counts each example has one of its own, which predicts it. */
function sharedTokens(examples: readonly NumberedExample[]): number {
  const own = Math.min(...examples.map(({ example }) => example.supervised.indexOf(1) - 1));
  return sharedBeginning(
    examples.map(({ example }) => example.ids),
    own,
  );
}

/** How many tokens, at most so many, all of several texts begin with; 0 where it does not pay to have them once. */
export function sharedBeginning([first, ...others]: readonly Int32Array[], most: number): number {
  if (!first || others.length === 0) return 0;
  let shared = most;
  for (const ids of others) {
    let same = 0;
    while (same < shared && ids[same] === first[same]) same++;
    shared = same;
  }
  return shared < leastShared ? 0 : shared;
}

/** Parts of at most the budget (one item at least), as few as there can be, with the bound lowered until they are about equal. */
export function evenParts<T>(items: readonly T[], size: (item: T) => number, budget: number): T[][] {
  const total = items.reduce((sum, item) => sum + size(item), 0);
  const fewest = partsOf(items, size, budget).length;
  const step = Math.max(1, Math.floor(total / fewest / 32));
  for (let bound = Math.ceil(total / fewest); bound < budget; bound += step) {
    const parts = partsOf(items, size, bound);
    if (parts.length === fewest) return parts;
  }
  return partsOf(items, size, budget);
}

function partsOf<T>(items: readonly T[], size: (item: T) => number, bound: number): T[][] {
  const parts: T[][] = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (filled + size(item) > bound) {
      parts.push([]);
      filled = 0;
    }
    parts.at(-1)!.push(item);
    filled += size(item);
  }
  return parts;
}

interface Rows {
  /** Places a row. */
  length: number;
  content: NumberedExample[][];
}

function packRows(byLength: readonly NumberedExample[], shared: number): Rows {
  const longest = rowTokens(byLength[0]!.example);
  const length = roundUp(Math.max(longest, commonRow, rowForShared(shared)), 8);
  return { length, content: firstFit(byLength, ({ example }) => rowTokens(example) - shared, length - shared) };
}

/** A row's length that makes sharing a beginning pay. */
export const rowForShared = (shared: number): number => Math.min(rowPerShared * shared, longSharedRow);

/** Rows of at most so much, each item in the first that has room. */
export function firstFit<T>(items: readonly T[], size: (item: T) => number, room: number): T[][] {
  const rows: { free: number; content: T[] }[] = [];
  for (const item of items) {
    const needed = size(item);
    let row = rows.find(({ free }) => free >= needed);
    if (!row) rows.push((row = { free: room, content: [] }));
    row.content.push(item);
    row.free -= needed;
  }
  return rows.map(({ content }) => content);
}

function makeBatch({ length, content }: Rows, shared: number, normaliser: number): MicroBatch {
  const batch = new BatchBuilder();
  let realTokens = 0;
  for (const [row, items] of content.entries()) {
    const ids = items[0]!.example.ids.subarray(0, shared);
    const parent = shared > 0 ? batch.append({ row, ids, index: items[0]!.index }) : undefined;
    for (const { index, example } of items) {
      const own = batch.append({ row, ids: example.ids.subarray(shared, rowTokens(example)), index, parent });
      realTokens += rowTokens(example);
      example.supervised.forEach((counts, i) => {
        if (!counts) return;
        const token = own.first + i - 1 - shared;
        batch.targets.push({ token, label: example.ids[i]!, weight: 1 / normaliser });
        batch.targetExamples.push(index);
      });
    }
  }
  return { ...batch.finish(length), realTokens };
}

/** Texts for an encoder: their tokens see each other, and the first predicts the class. */
function makeClassBatch({ length, content }: Rows, normaliser: number): MicroBatch {
  const batch = new BatchBuilder();
  for (const [row, items] of content.entries()) {
    for (const { index, example } of items) {
      const { first } = batch.append({ row, ids: example.ids.subarray(0, -1), index, seesAll: true });
      batch.targets.push({ token: first, label: example.ids.at(-1)!, weight: 1 / normaliser });
      batch.targetExamples.push(index);
    }
  }
  const laidOut = batch.finish(length);
  return { ...laidOut, realTokens: laidOut.shape.tokens };
}

/** Lays segments one after the other, and into rows. */
export class BatchBuilder {
  readonly targets: Target[] = [];
  readonly targetExamples: number[] = [];
  private readonly segments: Segment[] = [];
  private readonly examples: number[] = [];
  private readonly filled: number[] = [];
  private tokens = 0;

  /** @param index dataset number of an example that has these tokens, at the segment's position */
  append(part: { row: number; ids: Int32Array; index?: number; parent?: Segment; seesAll?: boolean }): Segment {
    const { row, ids, index, parent, seesAll } = part;
    const start = this.filled[row] ?? 0;
    const firstPosition = parent ? parent.firstPosition + parent.ids.length : 0;
    const first = this.tokens;
    const segment = { row, start, first, ids, firstPosition, ...(parent && { parent }), ...(seesAll && { seesAll }) };
    this.segments.push(segment);
    if (index !== undefined) this.examples.push(index);
    this.filled[row] = start + ids.length;
    this.tokens += ids.length;
    return segment;
  }

  finish(rowTokens: number): Omit<MicroBatch, 'realTokens'> {
    const { segments, targets, examples, targetExamples, tokens, filled } = this;
    const predicting = new Set(targets.map(({ token }) => token)).size;
    const shape = { tokens, rows: filled.length, rowTokens, targets: predicting, predictions: targets.length };
    return { shape, segments, targets, examples, targetExamples };
  }
}
