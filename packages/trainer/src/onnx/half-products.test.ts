// On the CPU the runtime turns products in float16 back into float32 and removes the casts, so here something stands between a cast and its
// product that it leaves alone: operands and results are rounded to 16 bits, sums within a product are not.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { examplesOf, numbered, settingsOf } from '../../test/golden-model.js';
import { makeMicroBatches } from '../data/batches.js';
import type { Node, Value } from '../graph/graph.js';
import { BaseModel } from '../models/base-model.js';
import { LossScale } from '../optimizers/loss-scale.js';
import { BatchRunner } from '../running/batch-runner.js';
import { Learner } from '../training/learner.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-half-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));
const folder = fileURLToPath(new URL('../../../../goldens/models/qwen2', import.meta.url));
const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
const examples = examplesOf(golden);
const open = () => BaseModel.load(folder, { cacheDirectory });

vi.mock('./half-products.js', async (original) => {
  const { halveProducts } = await original<typeof import('./half-products.js')>();
  return { halveProducts: (nodes: readonly Node[]) => halveProducts(nodes).flatMap(keepRounding) };
});

/** After what makes a value of 16 bits, an axis of one comes and goes. */
function keepRounding(node: Node): Node[] {
  const output = node.outputs[0]!;
  if (output.dtype !== 'float16') return [node];
  const named = (suffix: string): Value => ({ ...output, name: `${output.name}.${suffix}` });
  const [raw, wide] = [named('raw'), named('wide')];
  const axis = output.graph.constant(BigInt64Array.of(1n), [1]);
  return [
    { ...node, outputs: [raw] },
    { op: 'Unsqueeze', domain: '', inputs: [raw, axis], outputs: [wide], attributes: {} },
    { op: 'Squeeze', domain: '', inputs: [wide, axis], outputs: [output], attributes: {} },
  ];
}

/** Largest difference of all gradients as a share of the tensor's largest, the worst tensor's. */
function difference(a: Record<string, Float32Array>, b: Record<string, Float32Array>, factor = 1): number {
  const shares = Object.entries(b).map(([name, wanted]) => {
    const scale = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
    return wanted.reduce((worst, x, i) => Math.max(worst, Math.abs(a[name]![i]! / factor - x)), 0) / scale;
  });
  return Math.max(...shares);
}

describe('mixed precision', () => {
  const gradientsWith = async (normaliser: number, lossScale: number, mixedPrecision: boolean) => {
    const base = await open();
    const weights = new Map([...base.shapes.keys()].map((tensor) => [tensor, base.readTensor(tensor)]));
    const runner = new BatchRunner({ base, fed: { shapes: base.shapes }, weights, training: true, mixedPrecision });
    const [batch] = makeMicroBatches(numbered(examples), 512, normaliser);
    const { losses, ...gradients } = await runner.run(batch!, { seed: 0, step: 0, microBatch: 0, lossScale });
    await runner.release();
    return { losses: losses!, gradients: gradients as Record<string, Float32Array> };
  };

  it('gives losses and gradients of about 11 bits', async () => {
    const [half, whole] = [await gradientsWith(10, 256, true), await gradientsWith(10, 1, false)];
    const lossError = Math.max(...half.losses.map((loss, i) => Math.abs(loss / whole.losses[i]! - 1)));
    expect(lossError).toBeGreaterThan(1e-6);
    expect(lossError).toBeLessThan(2e-3);
    expect(difference(half.gradients, whole.gradients, 256)).toBeLessThan(2e-2);
  });

  it('loses small gradients, but not where the loss is scaled', async () => {
    const { gradients } = await gradientsWith(1e6, 1, false);
    const unscaled = await gradientsWith(1e6, 1, true);
    const scaled = await gradientsWith(1e6, 2 ** 16, true);
    expect(difference(unscaled.gradients, gradients)).toBeGreaterThan(0.1);
    expect(difference(scaled.gradients, gradients, 2 ** 16)).toBeLessThan(2e-2);
  });

  it('takes the golden steps closely, after an overflow again', async () => {
    const options = { base: await open(), train: examples, validation: [], cacheDirectory, mixedPrecision: true };
    const learner = new Learner({ ...options, settings: settingsOf(golden.full) });
    await learner.moveTo(0);
    vi.spyOn(LossScale.prototype, 'value', 'get').mockReturnValueOnce(2 ** 40);
    const scale = vi.spyOn(LossScale.prototype, 'retry');
    for (const [step, loss] of golden.full.losses.entries()) {
      const outcome = await learner.step(numbered(examples), step, golden.full.lr);
      expect(outcome.applied).toBe(true);
      expect(Math.abs(outcome.loss / loss - 1)).toBeLessThan(2e-3);
      expect(Math.abs(outcome.gradientNorm / golden.full.gradient_norms[step]! - 1)).toBeLessThan(2e-2);
    }
    expect(scale.mock.results.map(({ value }) => value).slice(0, 2)).toEqual([true, false]);
    await learner.release();
  });
});
