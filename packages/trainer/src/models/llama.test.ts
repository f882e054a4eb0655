import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeMicroBatches } from '../data/batches.js';
import type { TokenizedExample } from '../data/example.js';
import { evaluateLoss } from '../evaluation/evaluate-loss.js';
import { scoreLabelTokens } from '../evaluation/score-label-tokens.js';
import { Decoder } from '../generation/decoder.js';
import { generateTokens } from '../generation/generate-tokens.js';
import { BatchRunner } from '../running/batch-runner.js';
import { defaultSettings, type TrainingSettings } from '../settings.js';
import { Learner } from '../training/learner.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { BaseModel } from './base-model.js';

interface Steps {
  lr: number;
  weight_decay: number;
  clip: number;
  losses: number[];
  gradient_norms: number[];
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
  lora: Steps & { rank: number; alpha: number; targets: never[]; rank_stabilized: boolean };
}

const cases = ['tied', 'untied-bias', 'llama3-rope'];
const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-llama-'));
const folder = (name: string) => fileURLToPath(new URL(`../../../../goldens/llama/${name}`, import.meta.url));
const goldenOf = (name: string): Golden => JSON.parse(readFileSync(join(folder(name), 'golden.json'), 'utf8'));
const open = (name: string) => BaseModel.load(folder(name), { cacheDirectory });

function examplesOf(golden: Golden): TokenizedExample[] {
  return golden.examples.map(({ ids, start }) => ({
    ids: Int32Array.from(ids),
    supervised: Uint8Array.from(ids, (_, i) => (i >= start ? 1 : 0)),
    supervisedBytes: ids.length - start,
    truncatedTokens: 0,
  }));
}

function expectClose(actual: ArrayLike<number>, wanted: number[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  const scale = Math.max(1e-6, ...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((value, i) => Math.abs(actual[i]! - value) / scale));
  expect(worst).toBeLessThan(tolerance);
}

function settingsOf(steps: Steps, changes: Partial<TrainingSettings>): TrainingSettings {
  return {
    ...defaultSettings,
    learningRate: steps.lr,
    weightDecay: steps.weight_decay,
    maxGradientNorm: steps.clip,
    batchSize: 4,
    ...changes,
  };
}

async function expectSteps(
  name: string,
  steps: Steps,
  settings: TrainingSettings,
  start?: Map<string, Float32Array>,
): Promise<void> {
  const examples = examplesOf(goldenOf(name));
  const learner = new Learner({ base: await open(name), settings, train: examples, validation: [], cacheDirectory });
  for (const [tensor, data] of start ?? []) learner.weights.tensors.get(tensor)!.data.set(data);
  await learner.moveTo(0);
  for (const [step, loss] of steps.losses.entries()) {
    const outcome = await learner.step(
      examples.map((example, index) => ({ index, example })),
      step,
      steps.lr,
    );
    expect(outcome.loss).toBeCloseTo(loss, 4);
    expect(Math.abs(outcome.gradientNorm / steps.gradient_norms[step]! - 1)).toBeLessThan(5e-4);
  }
  const { tensors } = learner.weights;
  expect([...tensors.keys()].sort()).toEqual(Object.keys(steps.final).sort());
  for (const [tensor, wanted] of Object.entries(steps.final)) expectClose(tensors.get(tensor)!.data, wanted, 2e-3);
  await learner.release();
}

describe.each(cases)('a tiny random Llama against Transformers: %s', (name) => {
  const golden = goldenOf(name);

  it('computes the same loss and every gradient, whatever the packing', async () => {
    const base = await open(name);
    const examples = examplesOf(golden);
    const shapes = base.shapes;
    const weights = new Map([...shapes.keys()].map((tensor) => [tensor, base.readTensor(tensor)]));
    const runner = new BatchRunner({ base, fed: { shapes }, weights, training: true });
    const supervised = examples.reduce((sum, { supervised: marks }) => sum + marks.reduce((a, b) => a + b, 0), 0);
    const [packed, ...rest] = makeMicroBatches(
      examples.map((example, index) => ({ index, example })),
      64,
      supervised,
    );
    expect(rest).toEqual([]);
    const results = await runner.run(packed!);
    const loss = packed!.targets.reduce((sum, { weight }, slot) => sum + weight * results.losses![slot]!, 0);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const rows = results['gradient.embedding']!;
    const width = base.config.hiddenSize;
    for (const [tensor, wanted] of Object.entries(golden.gradients)) {
      const gradient = results[`gradient.${tensor}`] ?? new Float32Array(wanted.length);
      if (tensor === 'model.embed_tokens.weight') {
        for (const { first, ids } of packed!.segments) {
          ids.forEach((id, i) => {
            const from = (first + i) * width;
            for (let j = 0; j < width; j++) gradient[id * width + j]! += rows[from + j]!;
          });
        }
      }
      expectClose(gradient, wanted, 2e-5);
    }
    await runner.release();
  });

  it('takes the same ten AdamW steps, all weights', async () => {
    await expectSteps(name, golden.full, settingsOf(golden.full, {}));
  });

  it('takes the same ten steps in several micro-batches', async () => {
    await expectSteps(name, golden.full, settingsOf(golden.full, { microBatchTokens: 8 }));
  });

  it('takes the same ten steps in the top layer, over cached frozen layers', async () => {
    const freezing = { layers: 2, embeddings: true };
    await expectSteps(name, golden['top-layer'], settingsOf(golden['top-layer'], { freezing }));
  });

  it('takes the same ten steps with LoRA as PEFT', async () => {
    const { rank, alpha, targets, rank_stabilized: rankStabilized } = golden.lora;
    const start = new Map<string, Float32Array>();
    const file = SafetensorsFile.open(join(folder(name), 'lora-start.safetensors'));
    for (const tensor of Object.keys(golden.lora.final)) start.set(tensor, file.read(tensor));
    const settings = settingsOf(golden.lora, { method: 'lora', lora: { rank, alpha, targets, rankStabilized } });
    await expectSteps(name, golden.lora, settings, start);
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

  it('scores labels as if each were measured alone', async () => {
    const model = { base: await open(name) };
    const prompts = [
      [5, 9, 11],
      [6, 8, 8, 41, 3],
    ].map((ids) => Int32Array.from(ids));
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
