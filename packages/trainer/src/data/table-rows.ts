// What `tableGradient` is fed: which rows of the embedding tables a batch looks up, and which tokens share one.
import type { Sizes } from '../graph/open-sizes.js';
import type { LookupKey } from '../modules/context.js';
import type { TensorData } from '../tensor/dtype.js';
import { type BatchShape, lookupRows, type Segment } from './segments.js';

/** Feeds of these keys, and what they leave open. */
export function tableRowFeeds(keys: Iterable<LookupKey>, segments: readonly Segment[], shape: BatchShape) {
  const feeds: Record<string, TensorData> = {};
  const counts = new Map<LookupKey, number>();
  for (const key of keys) {
    const places = new Map<number, number>();
    const placeOfToken = Array.from(lookupRows(key, segments, shape), (row) => {
      if (!places.has(row)) places.set(row, places.size);
      return places.get(row)!;
    });
    const sums = new Float32Array(places.size * shape.tokens);
    for (const [token, place] of placeOfToken.entries()) sums[place * shape.tokens + token] = 1;
    feeds[`rowIds.${key}`] = BigInt64Array.from(places.keys(), BigInt);
    feeds[`rowSums.${key}`] = sums;
    counts.set(key, places.size);
  }
  const sizes: Sizes = { distinctTokens: counts.get('token'), distinctPositions: counts.get('position') };
  return { feeds, sizes };
}
