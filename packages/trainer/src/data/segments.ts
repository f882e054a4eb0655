// Lays texts side by side: which tokens a batch has, in which rows attention sees them, who may look at whom, and where a prediction counts.
import type { Sizes } from '../graph/open-sizes.js';
import type { LookupKey } from '../modules/context.js';

/** A run of tokens in one row that see those before them. */
export interface Segment {
  row: number;
  /** First token's place in its row. */
  start: number;
  /** First token's number among the tokens of the batch. */
  first: number;
  ids: Int32Array;
  /** Position of the first token in its own text. */
  firstPosition: number;
  /** A segment of the same row that this one continues: its tokens see all of it, and all that it continues. */
  parent?: Segment;
  /** They see those after them too, as in an encoder. */
  seesAll?: boolean;
}

/** A prediction that counts: a token of the batch, by number, predicts `label`. */
export interface Target {
  token: number;
  label: number;
  weight: number;
}

/** Tokens lie one after the other without padding; only attention sees them in rows. */
export interface BatchShape {
  tokens: number;
  rows: number;
  /** Places a row. */
  rowTokens: number;
  /** Tokens that predict. */
  targets: number;
  predictions: number;
}

/** What is fed for one batch beside weights, dropout masks and hidden states. */
export interface BatchFeeds {
  /** [tokens] */
  ids: Int32Array;
  /** [rows, rowTokens] */
  positions: BigInt64Array;
  /** [rows, rowTokens, rowTokens] */
  attentionBias: Float32Array;
  /** The token in each place of the rows, [rows·rowTokens]: padding repeats token 0, or is beyond the last. */
  tokenOfPlace: Int32Array;
  tokenOrNone: Int32Array;
  /** [tokens] */
  placeOfToken: Int32Array;
  /** Token and place of each target [targets]; target of each token [tokens] and place [rows·rowTokens], beyond the last where it is none. */
  selected: Int32Array;
  placeOfTarget: Int32Array;
  inverse: Int32Array;
  targetOfPlace: Int32Array;
  /** [predictions] */
  targetOfPrediction: Int32Array;
  labels: Int32Array;
  weights: Float32Array;
}

const masked = -1e9;

/** Feeds of a batch; empty places in rows see only themselves. */
export function feedsOf(segments: readonly Segment[], targets: readonly Target[], shape: BatchShape): BatchFeeds {
  const { rows, rowTokens, tokens } = shape;
  const places = rows * rowTokens;
  const feeds: BatchFeeds = {
    ids: tokenIds(segments, shape),
    positions: new BigInt64Array(places),
    attentionBias: new Float32Array(places * rowTokens).fill(masked),
    tokenOfPlace: new Int32Array(places),
    tokenOrNone: new Int32Array(places).fill(tokens),
    placeOfToken: new Int32Array(tokens),
    selected: new Int32Array(shape.targets),
    placeOfTarget: new Int32Array(shape.targets),
    inverse: new Int32Array(tokens).fill(shape.targets),
    targetOfPlace: new Int32Array(places).fill(shape.targets),
    targetOfPrediction: new Int32Array(shape.predictions),
    labels: new Int32Array(shape.predictions),
    weights: new Float32Array(shape.predictions),
  };
  for (let place = 0; place < places; place++) feeds.attentionBias[place * rowTokens + (place % rowTokens)] = 0;
  for (const segment of segments) placeSegment(feeds, segment, rowTokens);
  placeTargets(feeds, targets, shape.targets);
  return feeds;
}

function placeTargets(feeds: BatchFeeds, targets: readonly Target[], none: number): void {
  let count = 0;
  targets.forEach(({ token, label, weight }, prediction) => {
    if (feeds.inverse[token] === none) {
      const place = feeds.placeOfToken[token]!;
      feeds.selected[count] = token;
      feeds.placeOfTarget[count] = place;
      feeds.inverse[token] = count;
      feeds.targetOfPlace[place] = count;
      count++;
    }
    feeds.targetOfPrediction[prediction] = feeds.inverse[token]!;
    feeds.labels[prediction] = label;
    feeds.weights[prediction] = weight;
  });
}

/** With so many tokens that predict that they make equal chunks; those added count for nothing. */
export function evenChunks(shape: BatchShape, chunks: number): BatchShape {
  const targets = Math.ceil(shape.targets / chunks) * chunks;
  return { ...shape, targets, predictions: shape.predictions + targets - shape.targets };
}

/** What a batch's graph leaves open, where it computes the loss in so many chunks. */
export const sizesOf = ({ tokens, rows, targets, predictions }: BatchShape, chunks = 1): Sizes => ({
  tokens,
  rows,
  targets: targets / chunks,
  predictions,
});

/** Token ids as they lie in the batch, [tokens]. */
export function tokenIds(segments: readonly Segment[], { tokens }: Pick<BatchShape, 'tokens'>): Int32Array {
  const ids = new Int32Array(tokens);
  for (const segment of segments) ids.set(segment.ids, segment.first);
  return ids;
}

/** Position of each token in its own text, [tokens]. */
function tokenPositions(segments: readonly Segment[], { tokens }: BatchShape): Int32Array {
  const positions = new Int32Array(tokens);
  for (const { first, ids, firstPosition } of segments) {
    for (let i = 0; i < ids.length; i++) positions[first + i] = firstPosition + i;
  }
  return positions;
}

/** The row of an embedding table that each token of the batch looks up, [tokens]. */
export function lookupRows(key: LookupKey, segments: readonly Segment[], shape: BatchShape): Int32Array {
  if (key === 'first') return new Int32Array(shape.tokens);
  return key === 'token' ? tokenIds(segments, shape) : tokenPositions(segments, shape);
}

function placeSegment(feeds: BatchFeeds, segment: Segment, rowTokens: number): void {
  const { row, start, first, ids, firstPosition, seesAll } = segment;
  for (let i = 0; i < ids.length; i++) {
    const place = row * rowTokens + start + i;
    feeds.positions[place] = BigInt(firstPosition + i);
    feeds.tokenOfPlace[place] = first + i;
    feeds.tokenOrNone[place] = first + i;
    feeds.placeOfToken[first + i] = place;
    const line = place * rowTokens;
    feeds.attentionBias.fill(0, line + start, line + start + (seesAll ? ids.length : i + 1));
    for (let { parent } = segment; parent; parent = parent.parent) {
      feeds.attentionBias.fill(0, line + parent.start, line + parent.start + parent.ids.length);
    }
  }
}
