import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  examplesOf,
  expectClose,
  expectSteps,
  type GoldenSteps,
  lossAndGradients,
  numbered,
  settingsOf,
} from '../../test/golden-model.js';
import { evaluateLoss, measureLoss } from '../evaluation/evaluate-loss.js';
import { Decoder } from '../generation/decoder.js';
import { generateTokens } from '../generation/generate-tokens.js';
import type { LoraTarget } from '../settings.js';
import { Learner } from '../training/learner.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import { BaseModel } from './base-model.js';

interface Golden {
  examples: { ids: number[]; start: number }[];
  logits: number[];
  greedy: number[];
  loss: number;
  full: GoldenSteps;
  lora: GoldenSteps & { rank: number; alpha: number; targets: LoraTarget[] };
}

const cases = [
  'mistral',
  'qwen2',
  'qwen3',
  'gemma2',
  'gemma3',
  'phi3-long',
  'phi3-short',
  'smollm3',
  'olmo2',
  'gpt2',
  'gpt-neox',
  'gpt-neox-serial',
];
const cacheDirectory = mkdtempSync(join(tmpdir(), 'goldilocks-families-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

describe.each(cases)('a tiny random model against Transformers: %s', (name) => {
  const folder = fileURLToPath(new URL(`../../../../goldens/models/${name}`, import.meta.url));
  const golden: Golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8'));
  const examples = examplesOf(golden);
  const open = () => BaseModel.load(folder, { cacheDirectory });
  const tensorsIn = (file: string) => {
    const opened = SafetensorsFile.open(join(folder, file));
    return new Map(opened.names().map((tensor) => [tensor, opened.read(tensor)]));
  };

  it('has the same loss and every gradient', async () => {
    const base = await open();
    const { loss, gradients } = await lossAndGradients(base, examples);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const wanted = tensorsIn('gradients.safetensors');
    expect([...gradients.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [tensor, values] of wanted) expectClose(gradients.get(tensor)!, values, 5e-5, tensor);
  });

  it('takes the same five AdamW steps', async () => {
    const options = { base: await open(), examples, settings: settingsOf(golden.full), cacheDirectory };
    await expectSteps(options, golden.full, tensorsIn('after-5-steps.safetensors'));
  });

  it('takes the same five steps with LoRA as PEFT', async () => {
    const { rank, alpha, targets } = golden.lora;
    const lora = { rank, alpha, targets, rankStabilized: false };
    const settings = settingsOf(golden.lora, { method: 'lora', lora });
    const start = tensorsIn('lora-start.safetensors');
    const final = tensorsIn('lora-after-5-steps.safetensors');
    await expectSteps({ base: await open(), examples, settings, cacheDirectory }, golden.lora, final, start);
  });

  it('predicts the same logits token by token, and continues alike', async () => {
    const model = { base: await open() };
    const ids = Int32Array.from(golden.examples[1]!.ids);
    const decoder = new Decoder(model, 1, 32);
    const vocabulary = model.base.config.vocabSize;
    let [logits] = await decoder.prefill([ids.subarray(0, 3)]);
    for (let i = 2; i < ids.length; i++) {
      expectClose(logits!, golden.logits.slice(i * vocabulary, (i + 1) * vocabulary), 2e-5);
      if (i + 1 < ids.length) [logits] = await decoder.next([ids[i + 1]!]);
    }
    await decoder.release();
    model.base.config.eosTokenIds.length = 0;
    const prompt = Int32Array.from(golden.examples[0]!.ids.slice(0, 10));
    const [, greedy] = await generateTokens(model, [ids, prompt], { maxTokens: 8 });
    expect([...greedy!]).toEqual(golden.greedy);
  });

  it('trains the top layer over cached frozen ones, and measures the same there', async () => {
    const base = await open();
    const { layers } = base.config;
    const settings = settingsOf(golden.full, { freezing: { layers: layers - 1, embeddings: true } });
    const learner = new Learner({ base, settings, train: examples, validation: examples, cacheDirectory });
    await learner.moveTo(0);
    const measured = await measureLoss(learner.evaluation, examples);
    expect(measured.loss).toBeCloseTo(golden.loss, 5);
    const { loss, gradientNorm } = await learner.step(numbered(examples), 0, 1e-3);
    expect(loss).toBeCloseTo(golden.loss, 5);
    const trained = [...tensorsIn('gradients.safetensors')].filter(
      ([tensor]) => base.inventory.depthOf(tensor) >= layers - 1,
    );
    const squares = trained.flatMap(([, values]) => Array.from(values, (value) => value * value));
    expect(Math.abs(gradientNorm / Math.sqrt(squares.reduce((a, b) => a + b, 0)) - 1)).toBeLessThan(1e-5);
    expect([...learner.weights.tensors.keys()].sort()).toEqual(trained.map(([tensor]) => tensor).sort());
    await learner.release();
  });
});

describe('what the families differ in changes the result', () => {
  const changes: [string, Record<string, unknown>][] = [
    ['mistral', { sliding_window: null }],
    ['qwen2', { use_sliding_window: false, layer_types: undefined }],
    ['qwen2', { max_window_layers: 2, layer_types: undefined }],
    ['qwen3', { rms_norm_eps: 0.1 }],
    ['gemma2', { attn_logit_softcapping: null }],
    ['gemma2', { final_logit_softcapping: null }],
    ['gemma2', { query_pre_attn_scalar: 8 }],
    ['gemma2', { layer_types: ['full_attention', 'sliding_attention', 'full_attention'] }],
    ['gemma3', { rope_parameters: undefined, rope_local_base_freq: 1e3 }],
    ['gemma3', { sliding_window: 64 }],
    ['phi3-long', { original_max_position_embeddings: 256, rope_parameters: undefined }],
    ['phi3-short', { sliding_window: null }],
    ['smollm3', { no_rope_layers: [1, 1, 1] }],
    ['olmo2', { rms_norm_eps: 0.1 }],
    ['gpt2', { scale_attn_by_inverse_layer_idx: false }],
    ['gpt2', { activation_function: 'silu' }],
    ['gpt-neox', { use_parallel_residual: false }],
  ];

  it.each(changes)('%s, %o', async (name, change) => {
    const folder = mkdtempSync(join(cacheDirectory, 'changed-'));
    const golden = fileURLToPath(new URL(`../../../../goldens/models/${name}`, import.meta.url));
    const config = JSON.parse(readFileSync(join(golden, 'config.json'), 'utf8'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }));
    copyFileSync(join(golden, 'model.safetensors'), join(folder, 'model.safetensors'));
    const { loss, examples } = JSON.parse(readFileSync(join(golden, 'golden.json'), 'utf8'));
    const base = await BaseModel.load(folder, { cacheDirectory });
    const measured = await evaluateLoss({ base }, examplesOf({ examples }));
    expect(Math.abs(measured.loss / loss - 1)).toBeGreaterThan(1e-4);
  });
});
