import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expectClose } from '../../test/golden-model.js';
import { tinyExamples, tinyModel } from '../../test/tiny-run.js';
import { BaseModel } from '../models/base-model.js';
import type { Model } from '../models/model.js';
import { evaluateLoss } from './evaluate-loss.js';

const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-evaluate-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));
const base = await BaseModel.load(tinyModel, { cacheDirectory });
const examples = tinyExamples(12);
const kept = () => readdirSync(join(cacheDirectory, 'prefixes'));

/** The base model with a tensor of another size. */
function changed(name: string, factor: number): Model {
  const shape = [...base.shapes.get(name)!];
  const data = base.readTensor(name).map((value) => factor * value);
  return { base, tuned: { method: 'full', tensors: new Map([[name, { shape, data }]]) } };
}

test('layers that training left as they were are computed once for all models, and change nothing', async () => {
  const weight = 'model.layers.2.mlp.down_proj.weight';
  const losses: number[] = [];
  for (const factor of [1.5, -2]) {
    const model = changed(weight, factor);
    const plain = await evaluateLoss(model, examples);
    const cached = await evaluateLoss(model, examples, { cacheDirectory });
    expectClose(cached.perExample, plain.perExample, 1e-5);
    losses.push(cached.loss);
    expect(kept()).toHaveLength(1);
  }
  expect(losses[0]).not.toBeCloseTo(losses[1]!, 3);
});

test('nothing is kept where the lowest layer changed, or none', async () => {
  const before = kept();
  const low = changed('model.layers.0.mlp.down_proj.weight', 1.5);
  for (const model of [low, { base }]) {
    const plain = await evaluateLoss(model, examples);
    expect(await evaluateLoss(model, examples, { cacheDirectory })).toEqual(plain);
  }
  expect(kept()).toEqual(before);
});
