// Groups examples into micro-batches: short examples share a row, shapes are rounded to few sizes so that graphs are reused.
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
  /** For each segment, the dataset number of its example. */
  examples: number[];
  /** For each target, the dataset number of its example. */
  targetExamples: number[];
  /** Real tokens, without padding. */
  realTokens: number;
}

/** Rows are this long unless an example is longer or there is less to fill them: long enough to pack well, short enough for attention. */
const commonRow = 128;

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, … : at most a third of a bucket is padding, and shapes are few. */
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
 * Packs examples into rows (first fit, longest first), and rows into micro-batches of at most `tokenBudget` tokens (one row at least).
 * Each target weighs 1/`normaliser`, so that the losses of all micro-batches of a step add up to its mean.
 */
export function makeMicroBatches(
  examples: readonly NumberedExample[],
  tokenBudget: number,
  normaliser: number,
): MicroBatch[] {
  const longest = Math.max(...examples.map(({ example }) => rowTokens(example)));
  const total = examples.reduce((sum, { example }) => sum + rowTokens(example), 0);
  const tokens = roundUp(Math.max(longest, Math.min(commonRow, total, roundDown(tokenBudget))), 8);
  const rows = packRows(examples, tokens);
  const rowsPerBatch = Math.max(1, roundDown(Math.floor(tokenBudget / tokens)));
  const batches: MicroBatch[] = [];
  for (let first = 0; first < rows.length; first += rowsPerBatch) {
    batches.push(makeBatch(rows.slice(first, first + rowsPerBatch), tokens, normaliser));
  }
  return batches;
}

/** The largest size of `roundUp`'s series that is not above `count` (at least 1). */
function roundDown(count: number): number {
  let size = 1;
  for (let next = size; next <= count; next = roundUp(size + 1)) size = next;
  return size;
}

function packRows(examples: readonly NumberedExample[], tokens: number): NumberedExample[][] {
  const byLength = [...examples].sort((a, b) => rowTokens(b.example) - rowTokens(a.example));
  const rows: { free: number; content: NumberedExample[] }[] = [];
  for (const item of byLength) {
    const needed = rowTokens(item.example);
    let row = rows.find(({ free }) => free >= needed);
    if (!row) rows.push((row = { free: tokens, content: [] }));
    row.content.push(item);
    row.free -= needed;
  }
  return rows.map(({ content }) => content);
}

function makeBatch(rows: readonly NumberedExample[][], tokens: number, normaliser: number): MicroBatch {
  const segments: Segment[] = [];
  const targets: Target[] = [];
  const examples: number[] = [];
  const targetExamples: number[] = [];
  rows.forEach((content, row) => {
    let start = 0;
    for (const { index, example } of content) {
      segments.push({ row, start, ids: example.ids.subarray(0, rowTokens(example)), firstPosition: 0 });
      examples.push(index);
      for (let i = 1; i < example.ids.length; i++) {
        if (!example.supervised[i]) continue;
        targets.push({ row, place: start + i - 1, label: example.ids[i]!, weight: 1 / normaliser });
        targetExamples.push(index);
      }
      start += rowTokens(example);
    }
  });
  const shape = { rows: roundUp(rows.length), tokens, targets: roundUp(targets.length, 8) };
  const realTokens = segments.reduce((sum, { ids }) => sum + ids.length, 0);
  return { shape, segments, targets, examples, targetExamples, realTokens };
}
