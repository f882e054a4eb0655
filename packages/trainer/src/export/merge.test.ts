import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { BaseModel } from '../models/base-model.js';
import type { Model } from '../models/model.js';
import type { LoraSettings } from '../settings.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { mergedTensor, mergedTensors } from './merge.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const cacheDirectory = mkdtempSync(join(tmpdir(), 'merge-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const golden = JSON.parse(readFileSync(`${goldenFolder}/io/merge.json`, 'utf8'));

test.each(Object.keys(golden))('adapters are added into their layers like PEFT does (%s)', async (name) => {
  const { rank, alpha, rank_stabilized: rankStabilized, merged } = golden[name];
  const base = await BaseModel.load(`${goldenFolder}/llama/${name}`, { cacheDirectory });
  const adapter = SafetensorsFile.open(`${goldenFolder}/llama/${name}/lora-start.safetensors`);
  const tensors = new Map(adapter.names().map((n) => [n, { shape: adapter.info(n).shape, data: adapter.read(n) }]));
  const lora: LoraSettings = { rank, alpha, rankStabilized, targets: ['q_proj', 'v_proj', 'down_proj'] };
  const model: Model = { base, tuned: { method: 'lora', lora, tensors } };
  for (const [tensor, expected] of Object.entries<number[]>(merged)) {
    mergedTensor(model, tensor).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6);
    });
  }
  expect(mergedTensors(model, 'F32').map((t) => t.name)).toEqual([...base.shapes.keys()]);
});

test('tensors that full fine-tuning changed replace those of the base', async () => {
  const base = await BaseModel.load(`${goldenFolder}/llama/tied`, { cacheDirectory });
  const name = 'model.norm.weight';
  const data = Float32Array.from({ length: 16 }, (_, i) => i);
  const model: Model = { base, tuned: { method: 'full', tensors: new Map([[name, { shape: [16], data }]]) } };
  expect(mergedTensor(model, name)).toEqual(data);
  expect(mergedTensor(model, 'model.embed_tokens.weight')).toEqual(base.readTensor('model.embed_tokens.weight'));
});
