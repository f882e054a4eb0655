// Lays texts side by side in the rows of a batch: who may look at whom, at which position, and where a prediction counts.
import type { LookupKey } from '../modules/context.js';

/** A run of tokens in one row that see each other causally. */
export interface Segment {
  row: number;
  /** First token's place in its row. */
  start: number;
  ids: Int32Array;
  /** Position of the first token in its own text. */
  firstPosition: number;
  /** A segment of the same row that this one continues: its tokens see all of it. */
  parent?: Segment;
}

/** A prediction that counts: the token at (row, place) predicts `label`. */
export interface Target {
  row: number;
  place: number;
  label: number;
  weight: number;
}

export interface BatchShape {
  rows: number;
  /** Tokens a row. */
  tokens: number;
  /** Predictions that count; the rest of the slots has weight 0. */
  targets: number;
}

/** What is fed for one batch beside weights, dropout masks and hidden states. */
export interface BatchFeeds {
  ids: Int32Array;
  positions: BigInt64Array;
  attentionBias: Float32Array;
  selected: Int32Array;
  inverse: Int32Array;
  labels: Int32Array;
  weights: Float32Array;
}

const masked = -1e9;

/** Feeds of shape [rows·tokens], [rows, tokens, tokens] and [targets]; empty places are padding that sees only itself. */
export function feedsOf(segments: readonly Segment[], targets: readonly Target[], shape: BatchShape): BatchFeeds {
  const { rows, tokens } = shape;
  const feeds: BatchFeeds = {
    ids: tokenIds(segments, shape),
    positions: new BigInt64Array(rows * tokens),
    attentionBias: new Float32Array(rows * tokens * tokens).fill(masked),
    selected: new Int32Array(shape.targets),
    inverse: new Int32Array(rows * tokens).fill(shape.targets),
    labels: new Int32Array(shape.targets),
    weights: new Float32Array(shape.targets),
  };
  for (let place = 0; place < rows * tokens; place++) feeds.attentionBias[place * tokens + (place % tokens)] = 0;
  for (const segment of segments) placeSegment(feeds, segment, tokens);
  targets.forEach(({ row, place, label, weight }, slot) => {
    feeds.selected[slot] = row * tokens + place;
    feeds.inverse[row * tokens + place] = slot;
    feeds.labels[slot] = label;
    feeds.weights[slot] = weight;
  });
  return feeds;
}

/** Token ids as they lie in the batch, [rows·tokens]; 0 in padding. */
export function tokenIds(segments: readonly Segment[], { rows, tokens }: BatchShape): Int32Array {
  const ids = new Int32Array(rows * tokens);
  for (const segment of segments) ids.set(segment.ids, segment.row * tokens + segment.start);
  return ids;
}

/** Position of each token in its own text, [rows·tokens]; 0 in padding. */
function tokenPositions(segments: readonly Segment[], { rows, tokens }: BatchShape): Int32Array {
  const positions = new Int32Array(rows * tokens);
  for (const { row, start, ids, firstPosition } of segments) {
    for (let i = 0; i < ids.length; i++) positions[row * tokens + start + i] = firstPosition + i;
  }
  return positions;
}

/** The row of an embedding table that each token of the batch looks up, [rows·tokens]. */
export function lookupRows(key: LookupKey, segments: readonly Segment[], shape: BatchShape): Int32Array {
  if (key === 'first') return new Int32Array(shape.rows * shape.tokens);
  return key === 'token' ? tokenIds(segments, shape) : tokenPositions(segments, shape);
}

function placeSegment(feeds: BatchFeeds, { row, start, ids, firstPosition, parent }: Segment, tokens: number): void {
  const offset = row * tokens + start;
  for (let i = 0; i < ids.length; i++) {
    feeds.positions[offset + i] = BigInt(firstPosition + i);
    const line = (offset + i) * tokens;
    feeds.attentionBias.fill(0, line + start, line + start + i + 1);
    if (parent) feeds.attentionBias.fill(0, line + parent.start, line + parent.start + parent.ids.length);
  }
}
