// NEFTune: noise on the embeddings while training, so that the model does not learn the wording by heart.

import type { MicroBatch } from '../data/batches.js';
import { fillUniform } from '../random/fill.js';
import type { RandomKey } from '../random/philox.js';

/**
 * Noise for each token's embedding, [tokens, width]: uniform in ±α/√(L·width) for a text of L tokens (Jain et al., 2310.05914).
 * A pure function of its key, so that a resumed run has the same.
 * @param batch without shared segments: each is a whole text
 */
export function embeddingNoise(
  { segments, shape }: Pick<MicroBatch, 'segments' | 'shape'>,
  width: number,
  alpha: number,
  key: RandomKey,
): Float32Array {
  const noise = new Float32Array(shape.tokens * width);
  fillUniform(noise, key, -1, 1);
  for (const { first, ids } of segments) {
    const largest = alpha / Math.sqrt(ids.length * width);
    const end = (first + ids.length) * width;
    for (let i = first * width; i < end; i++) noise[i]! *= largest;
  }
  return noise;
}
