import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  examplesOf,
  expectClose,
  expectSteps,
  type GoldenSteps,
  lossAndGradients,
  settingsOf,
} from '../../test/golden-model.js';
import { evaluateLoss } from '../evaluation/evaluate-loss.js';
import { scoreLabelTokens } from '../evaluation/score-label-tokens.js';
import { mergedTensor, mergedTensors } from '../export/merge.js';
import { Decoder } from '../generation/decoder.js';
import { generateTokens } from '../generation/generate-tokens.js';
import type { TrainingSettings } from '../settings.js';
import { Learner } from '../training/learner.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { BaseModel } from './base-model.js';
import type { Model, WeightTensor } from './model.js';

interface Steps extends GoldenSteps {
  final: Record<string, number[]>;
}
interface Golden {
  examples: { ids: number[]; start: number }[];
  logits: number[];
  greedy: number[];
  loss: number;
  gradients: Record<string, number[]>;
  full: Steps;
  'top-layer': Steps;
  dora?: Steps & { magnitudes: Record<string, number[]>; merged: Record<string, number[]> };
  lora: Steps & { rank: number; alpha: number; targets: never[]; rank_stabilized: boolean };
}

const cases = ['tied', 'untied-bias', 'llama3-rope'];
const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-llama-'));
const folder = (name: string) => fileURLToPath(new URL(`../../../../goldens/llama/${name}`, import.meta.url));
const goldenOf = (name: string): Golden => JSON.parse(readFileSync(join(folder(name), 'golden.json'), 'utf8'));
const open = (name: string) => BaseModel.load(folder(name), { cacheDirectory });

/** Numbers by tensor name, as the golden file has them. */
const valuesOf = (record: Record<string, number[]>) => new Map(Object.entries(record));

describe.each(cases)('a tiny random Llama against Transformers: %s', (name) => {
  const golden = goldenOf(name);
  const examples = examplesOf(golden);
  const check = async (steps: Steps, changes: Partial<TrainingSettings>, start?: Map<string, Float32Array>) => {
    const options = { base: await open(name), examples, settings: settingsOf(steps, changes), cacheDirectory };
    await expectSteps(options, steps, valuesOf(steps.final), start);
  };

  it('computes the same loss and every gradient, whatever the packing', async () => {
    const { loss, gradients } = await lossAndGradients(await open(name), examples);
    expect(loss).toBeCloseTo(golden.loss, 5);
    for (const [tensor, wanted] of valuesOf(golden.gradients))
      expectClose(gradients.get(tensor)!, wanted, 2e-5, tensor);
  });

  it('takes the same ten AdamW steps, all weights', async () => {
    await check(golden.full, {});
  });

  it('takes the same ten steps in several micro-batches', async () => {
    await check(golden.full, { microBatchTokens: 8 });
  });

  it('takes the same ten steps in the top layer, over cached frozen layers', async () => {
    await check(golden['top-layer'], { freezing: { layers: 2, embeddings: true } });
  });

  it('takes the same ten steps with LoRA as PEFT', async () => {
    const { rank, alpha, targets, rank_stabilized: rankStabilized } = golden.lora;
    const start = new Map<string, Float32Array>();
    const file = SafetensorsFile.open(join(folder(name), 'lora-start.safetensors'));
    for (const tensor of Object.keys(golden.lora.final)) start.set(tensor, file.read(tensor));
    await check(golden.lora, { method: 'lora', lora: { rank, alpha, targets, rankStabilized } }, start);
  });

  it.runIf(golden.dora)('takes the same ten steps with DoRA as PEFT, and merges alike', async () => {
    const { rank, alpha, targets, rank_stabilized: rankStabilized } = golden.lora;
    const lora = { rank, alpha, targets, rankStabilized, dora: true };
    const { magnitudes, merged, ...steps } = golden.dora!;
    const start = new Map<string, Float32Array>();
    const file = SafetensorsFile.open(join(folder(name), 'lora-start.safetensors'));
    for (const tensor of Object.keys(golden.lora.final)) start.set(tensor, file.read(tensor));
    const base = await open(name);
    const settings = settingsOf(steps, { method: 'lora', lora });
    const fresh = new Learner({ base, settings, train: examples, validation: [], cacheDirectory }).weights.tensors;
    for (const [tensor, wanted] of valuesOf(magnitudes)) expectClose(fresh.get(tensor)!.data, wanted, 1e-6, tensor);
    await check(steps, { method: 'lora', lora }, start);
    const ended = Object.entries(steps.final).map(([tensor, values]): [string, WeightTensor] => {
      const shape = [...fresh.get(tensor)!.shape];
      return [tensor, { shape, data: Float32Array.from(values) }];
    });
    const model: Model = { base, tuned: { method: 'lora', lora, tensors: new Map(ended) } };
    for (const [tensor, wanted] of valuesOf(merged)) expectClose(mergedTensor(model, tensor), wanted, 1e-6, tensor);
    const tuned = await evaluateLoss(model, examples);
    const weights = new Map(
      mergedTensors(model, 'F32').map(({ name: tensor, shape }) => [
        tensor,
        { shape: [...shape], data: mergedTensor(model, tensor) },
      ]),
    );
    const whole = await evaluateLoss({ base, tuned: { method: 'full', tensors: weights } }, examples);
    expectClose(tuned.perExample, whole.perExample, 1e-5);
  });

  it('predicts the same logits token by token, and continues alike', async () => {
    const model = { base: await open(name) };
    const ids = Int32Array.from(golden.examples[1]!.ids);
    const decoder = new Decoder(model, 1, 32);
    const vocabulary = model.base.config.vocabSize;
    let [logits] = await decoder.prefill([ids.subarray(0, 3)]);
    for (let i = 2; i < ids.length; i++) {
      expectClose(logits!, golden.logits.slice(i * vocabulary, (i + 1) * vocabulary), 1e-5);
      if (i + 1 < ids.length) [logits] = await decoder.next([ids[i + 1]!]);
    }
    await decoder.release();
    model.base.config.eosTokenIds.length = 0;
    const prompt = Int32Array.from(golden.examples[0]!.ids.slice(0, 4));
    const [, greedy] = await generateTokens(model, [ids, prompt], { maxTokens: 8 });
    expect([...greedy!]).toEqual(golden.greedy);
  });

  it.each([
    ['', []],
    [', with what all prompts begin with there once', [3, 17, 4, 12, 9]],
  ])('scores labels as if each were measured alone%s', async (_, beginning) => {
    const model = { base: await open(name) };
    const prompts = [[5, 9, 11], [6, 8, 8, 41, 3], [5]].map((ids) => Int32Array.from([...beginning, ...ids]));
    const labels = [
      [4, 2],
      [7, 30, 2],
      [7, 31, 12, 2],
    ].map((ids) => Int32Array.from(ids));
    const { probabilities, predicted } = await scoreLabelTokens(model, prompts, labels);
    for (const [i, prompt] of prompts.entries()) {
      const alone = labels.map((label) => ({
        ids: Int32Array.from([...prompt, ...label]),
        supervised: Uint8Array.from([...prompt.map(() => 0), ...label.map(() => 1)]),
        supervisedBytes: 1,
        truncatedTokens: 0,
      }));
      const { perExample } = await evaluateLoss(model, alone);
      const likelihoods = perExample.map((loss, j) => Math.exp(-loss * labels[j]!.length));
      const total = likelihoods.reduce((a, b) => a + b, 0);
      expectClose(
        probabilities[i]!,
        likelihoods.map((each) => each / total),
        1e-5,
      );
      expect(predicted[i]).toBe(likelihoods.indexOf(Math.max(...likelihoods)));
    }
  });
});
