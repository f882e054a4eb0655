import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyExamples, tinySettings } from '../../test/tiny-run.js';
import { makeMicroBatches } from '../data/batches.js';
import { writtenNodes } from '../onnx/encode.js';
import { peakBytes } from '../onnx/peak-bytes.js';
import { runningOrder } from '../onnx/running-order.js';
import { BatchRunner } from '../running/batch-runner.js';
import type { TrainingSettings } from '../settings.js';
import { fedWeights, trainableTensors } from '../training/trainable.js';
import { BaseModel } from './base-model.js';
import { chunksFor } from './chunked-loss.js';
import { buildBatchGraph } from './forward-graph.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-chunks-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const lora: TrainingSettings['lora'] = { rank: 2, alpha: 4, targets: ['q_proj', 'down_proj'], rankStabilized: false };
const open = (name: string) =>
  BaseModel.load(fileURLToPath(new URL(`../../../../goldens/${name}`, import.meta.url)), { cacheDirectory });

/** Every token predicts the next, with weights that differ. */
const [batch] = makeMicroBatches(
  tinyExamples(7).map((example, index) => ({
    index,
    example: { ...example, supervised: example.supervised.map((_, i) => (i > 0 ? 1 : 0)) },
  })),
  512,
  4,
);
batch!.targets.forEach((target, i) => {
  target.weight *= 1 + (i % 3);
});

async function run(base: BaseModel, method: 'full' | 'lora', logitsLimit?: number) {
  const settings = { ...tinySettings, method, lora };
  const fed = fedWeights(settings, trainableTensors(settings, base, 0));
  const some = (name: string, [length]: readonly number[]) =>
    Float32Array.from(
      { length: fed.shapes.get(name)!.reduce((a, b) => a * b, 1) },
      (_, i) => Math.sin(i + length!) / 9,
    );
  const weights = new Map(
    [...fed.shapes].map(([name, shape]) => [name, base.shapes.has(name) ? base.readTensor(name) : some(name, shape)]),
  );
  const runner = new BatchRunner({ base, fed, weights, training: true, logitsLimit });
  const results = await runner.run(batch!);
  await runner.release();
  return results;
}

describe('a loss in chunks', () => {
  it.each(['llama/tied', 'llama/untied-bias', 'models/gemma2', 'models/gpt-neox'])(
    'of %s is the loss in one go, and so are all gradients',
    async (name) => {
      const base = await open(name);
      for (const method of ['full', 'lora'] as const) {
        const whole = await run(base, method);
        const chunked = await run(base, method, 4 * base.config.vocabSize * 7);
        expect(Object.keys(chunked).sort()).toEqual(Object.keys(whole).sort());
        for (const [output, wanted] of Object.entries(whole)) {
          const scale = Math.max(...wanted.map(Math.abs));
          const worst = Math.max(...wanted.map((value, i) => Math.abs(value - chunked[output]![i]!) / scale));
          expect(worst, `${method} ${output}`).toBeLessThan(1e-5);
        }
      }
    },
  );

  it('never holds the logits of all tokens', async () => {
    const { architecture, inventory, shapes, config } = await open('llama/tied');
    const targets = 4096;
    const peakIn = (chunks: number) => {
      const parts = { architecture, inventory, fed: { shapes }, rowTokens: 128, prefixDepth: 0, training: true };
      const { graph } = buildBatchGraph({ ...parts, chunks });
      const sizes = { tokens: 1, rows: 1, targets: targets / chunks };
      return peakBytes(runningOrder(writtenNodes(graph)), graph.outputs.values(), sizes);
    };
    const ofLogits = 4 * targets * config.vocabSize;
    expect(peakIn(1) - peakIn(16)).toBeGreaterThan(0.7 * ofLogits);
    expect(chunksFor(targets, config, ofLogits / 10)).toBe(16);
    expect(chunksFor(targets, config, ofLogits)).toBe(1);
  });
});
