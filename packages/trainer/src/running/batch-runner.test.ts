import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tinyExamples, tinyModel } from '../../test/tiny-run.js';
import { type MicroBatch, makeMicroBatches } from '../data/batches.js';
import { BaseModel } from '../models/base-model.js';
import { BatchRunner } from './batch-runner.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-runner-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const base = await BaseModel.load(tinyModel, { cacheDirectory });
const width = base.config.hiddenSize;
const weights = new Map([...base.shapes.keys()].map((name) => [name, base.readTensor(name)]));
const fed = { shapes: base.shapes };

/** Loss and gradients summed over batches, the embedding's rows added to it. */
async function sums(batches: readonly MicroBatch[]): Promise<Map<string, Float64Array>> {
  const runner = new BatchRunner({ base, fed, weights, training: true });
  const totals = new Map([['losses', new Float64Array(1)]]);
  for (const batch of batches) {
    const results = await runner.run(batch);
    for (const [name, values] of Object.entries(results)) {
      if (name === 'losses') continue;
      const isRows = name === 'gradient.embedding';
      const total = totals.get(name) ?? new Float64Array(isRows ? base.config.vocabSize * width : values.length);
      totals.set(name, total);
      if (!isRows) for (let i = 0; i < values.length; i++) total[i]! += values[i]!;
      else {
        for (const { first, ids } of batch.segments) {
          ids.forEach((id, i) => {
            for (let j = 0; j < width; j++) total[id * width + j]! += values[(first + i) * width + j]!;
          });
        }
      }
    }
    totals.get('losses')![0]! += batch.targets.reduce(
      (sum, { weight }, slot) => sum + weight * results.losses![slot]!,
      0,
    );
  }
  await runner.release();
  return totals;
}

it('packed examples, a shared beginning computed once, have the loss and the gradients of examples by themselves', async () => {
  const beginning = [5, 17, 9, 4, 30, 8];
  const examples = tinyExamples(9).map((example, index) => {
    const ids = Int32Array.from([...beginning, ...example.ids]);
    const supervised = Uint8Array.from([...beginning.map(() => 0), ...example.supervised]);
    return { index, example: { ...example, ids, supervised } };
  });
  const packed = makeMicroBatches(examples, 512, 4);
  expect(packed.length).toBe(1);
  expect(packed[0]!.segments.some(({ parent }) => parent)).toBe(true);
  const alone = examples.flatMap((example) => makeMicroBatches([example], 512, 4));
  const [actual, wanted] = [await sums(packed), await sums(alone)];
  expect([...actual.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [name, values] of wanted) {
    const scale = Math.max(...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - actual.get(name)![i]!) / scale));
    expect(worst, name).toBeLessThan(1e-5);
  }
});

it('layers that are computed again, dropout included, give the same loss and gradients to the last bit', async () => {
  const [batch] = makeMicroBatches(
    tinyExamples(9).map((example, index) => ({ index, example })),
    512,
    4,
  );
  const results = [];
  for (const gradientCheckpointing of [false, true]) {
    const runner = new BatchRunner({ base, fed, weights, training: true, dropout: 0.2, gradientCheckpointing });
    results.push(await runner.run(batch!, { seed: 1, step: 2, microBatch: 0 }));
    await runner.release();
  }
  expect(results[1]).toEqual(results[0]);
});
