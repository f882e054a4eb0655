import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { expectClose, numbered } from '../../test/golden-model.js';
import { makeMicroBatches } from '../data/batches.js';
import { BaseModel } from '../models/base-model.js';
import { Purpose } from '../random/philox.js';
import { BatchRunner } from './batch-runner.js';
import { embeddingNoise } from './embedding-noise.js';

/** Texts of tokens that are all different, so that noise on an embedding is the same as a changed table. */
const lengths = [5, 9, 3];
const examples = lengths.map((length, text) => ({
  ids: Int32Array.from({ length }, (_, i) => 1 + 10 * text + i),
  supervised: new Uint8Array(length).fill(1, 1),
  supervisedBytes: length,
  truncatedTokens: 0,
}));
const [batch] = makeMicroBatches(numbered(examples), 512, 1, 'generation', false);
const position = { seed: 3, step: 7, microBatch: 2 };
const key = { seed: 3, purpose: Purpose.embeddingNoise, counter: 7, part: 2 };

test('noise fills ±α/√(L·width) of each text evenly', () => {
  const width = 3000;
  const noise = embeddingNoise(batch!, width, 5, key);
  for (const { first, ids } of batch!.segments) {
    const largest = 5 / Math.sqrt(ids.length * width);
    const values = noise.subarray(first * width, (first + ids.length) * width);
    const squares = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(Math.sqrt(3 * squares) / largest).toBeCloseTo(1, 1.5);
    expect(Math.max(...values) / largest).toBeGreaterThan(0.99);
    expect(Math.max(...values) / largest).toBeLessThan(1);
    expect(Math.min(...values) / largest).toBeGreaterThanOrEqual(-1);
  }
});

test('in training it is added to the embeddings, and their gradient is that of the noisy ones', async () => {
  const folder = fileURLToPath(new URL('../../../../goldens/llama/untied-bias', import.meta.url));
  const base = await BaseModel.load(folder, { cacheDirectory: mkdtempSync(join(tmpdir(), 'goldilocks-noise-')) });
  const { shapes, config } = base;
  const weights = new Map([...shapes.keys()].map((tensor) => [tensor, base.readTensor(tensor)]));
  const run = async (noiseAlpha?: number) => {
    const runner = new BatchRunner({ base, fed: { shapes }, weights, training: true, noiseAlpha });
    return runner.run(batch!, position).finally(() => runner.release());
  };
  const clean = await run();
  const noisy = await run(5);
  const noise = embeddingNoise(batch!, config.hiddenSize, 5, key);
  const table = weights.get('model.embed_tokens.weight')!;
  for (const { first, ids } of batch!.segments) {
    ids.forEach((id, i) => {
      for (let j = 0; j < config.hiddenSize; j++) {
        table[id * config.hiddenSize + j]! += noise[(first + i) * config.hiddenSize + j]!;
      }
    });
  }
  const changed = await run();
  expectClose(noisy.losses!, changed.losses!, 1e-6);
  expectClose(noisy['gradient.embedding']!, changed['gradient.embedding']!, 1e-5);
  expect(noisy.losses).not.toEqual(clean.losses);
});
