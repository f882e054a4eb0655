import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyExamples, tinyModel, tinySettings } from '../../test/tiny-run.js';
import { evaluateLoss } from '../evaluation/evaluate-loss.js';
import { BaseModel } from '../models/base-model.js';
import type { TunedWeights } from '../models/model.js';
import type { TrainingSettings } from '../settings.js';
import type { TrainingEvent } from './events.js';
import { fineTune } from './fine-tune.js';
import type { FineTuneOptions } from './fine-tune-options.js';
import { learningRateRamp } from './learning-rate-ramp.js';

const root = mkdtempSync(join(tmpdir(), 'goldilocks-fine-tune-'));
afterAll(() => rmSync(root, { recursive: true }));
const cacheDirectory = join(root, 'cache');
let runs = 0;

const model = await BaseModel.load(tinyModel, { cacheDirectory });
const train = tinyExamples(40);
const validation = tinyExamples(12, 3);

function optionsOf(settings: Partial<TrainingSettings> = {}, more: Partial<FineTuneOptions> = {}): FineTuneOptions {
  const checkpointDirectory = join(root, `run-${runs++}`);
  return {
    model,
    train,
    validation,
    reference: validation,
    settings: { ...tinySettings, ...settings },
    checkpointDirectory,
    cacheDirectory,
    ...more,
  };
}

function digest({ tensors }: TunedWeights): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of tensors) hash.update(name).update(data);
  return hash.digest('hex');
}

const lora = { rank: 2, alpha: 4, targets: ['q_proj' as const, 'down_proj' as const], rankStabilized: false };
const variants: Record<string, Partial<TrainingSettings>> = {
  'all weights, dropout': { dropout: 0.1 },
  'LoRA, dropout, accumulation': { method: 'lora', lora, dropout: 0.2, microBatchTokens: 16 },
  'DoRA, dropout, Lion': { method: 'lora', lora: { ...lora, dora: true }, dropout: 0.2, optimizer: { name: 'lion' } },
  'replay, 8-bit state, two frozen layers': {
    ...{ replay: { share: 0.2 }, optimizer: { name: 'adamw-8bit' } },
    freezing: { layers: 2, embeddings: true },
  },
  'two frozen layers': { freezing: { layers: 2, embeddings: true } },
  'gradual unfreezing, layer-wise rates': {
    freezing: { layers: 0, embeddings: false, unfreeze: 'gradual', layerwiseDecay: 0.5 },
  },
  'Muon, gradual unfreezing': {
    optimizer: { name: 'muon' },
    freezing: { layers: 0, embeddings: false, unfreeze: 'gradual' },
  },
  'Adafactor, NEFTune, label smoothing, two frozen layers': {
    ...{ optimizer: { name: 'adafactor' }, neftune: 5, labelSmoothing: 0.1 },
    freezing: { layers: 2, embeddings: true },
  },
};

describe('a run that is cut off', () => {
  it.each(Object.keys(variants))('continues bit for bit: %s', async (name) => {
    const whole = await fineTune(optionsOf(variants[name]));
    expect(whole.outcome).toBe('completed');
    const options = optionsOf(variants[name]);
    const paused = await fineTune({ ...options, stopAtShare: 0.4 });
    expect([paused.outcome, paused.step]).toEqual(['paused', 6]);
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => event.type === 'step' && event.step === 9 && controller.abort();
    const interrupted = await fineTune({ ...options, signal: controller.signal, onEvent });
    expect([interrupted.outcome, interrupted.step]).toEqual(['interrupted', 9]);
    const resumed = await fineTune(options);
    expect(resumed.step).toBe(whole.step);
    expect(digest(resumed.weights)).toBe(digest(whole.weights));
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.tokens).toBe(whole.tokens);
  });

  it('continues bit for bit after being killed at any moment', async () => {
    const settings = { dropout: 0.1, epochs: 60, evaluationsPerEpoch: 1 };
    const whole = await fineTune(optionsOf(settings));
    const { checkpointDirectory, settings: full } = optionsOf(settings);
    const plain = ({ ids, supervised }: (typeof train)[number]) => ({ ids: [...ids], supervised: [...supervised] });
    const job = {
      model: tinyModel,
      cacheDirectory,
      checkpointDirectory,
      settings: full,
      train: train.map(plain),
      validation: validation.map(plain),
    };
    for (const [i, events] of [41, 1, 23, 60, 8, 37, 52].entries())
      expect(await runOf({ ...job, dies: { events, milliseconds: i % 3 } })).toBe('killed');
    expect(JSON.parse(await runOf(job)).digest).toBe(digest(whole.weights));
  });

  it('refuses to continue with other settings', async () => {
    const options = optionsOf();
    await fineTune({ ...options, stopAtShare: 0.2 });
    const other = { ...options, settings: { ...options.settings, learningRate: 1e-3 } };
    await expect(fineTune(other)).rejects.toThrow('holds the checkpoint of a run with other settings');
  });
});

/** In a process of its own. @returns its last line, or `killed` */
function runOf(job: object): Promise<string> {
  const script = fileURLToPath(new URL('../../test/killed-run.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code !== 0) reject(new Error(`the run ended with ${code}`));
      else resolve(output.trim().split('\n').at(-1)!);
    });
  });
}

describe('the result', () => {
  it('is the best checkpoint, not the last', async () => {
    // A rate far too high after a good start: validation gets worse again.
    const { best, history, weights } = await fineTune(
      optionsOf({ epochs: 12, learningRate: 0.03, schedule: { name: 'constant', warmup: 0 } }),
    );
    expect(best!.loss).toBe(Math.min(...history.map(({ loss }) => loss)));
    expect(best!.step).toBeLessThan(history.at(-1)!.step);
    const measured = await evaluateLoss({ base: model, tuned: weights }, validation);
    expect(measured.loss).toBeCloseTo(best!.loss, 6);
    expect(measured.perExample.length).toBe(validation.length);
  });

  it('learns: the training loss falls, and validation improves on the base model', async () => {
    const { best, history } = await fineTune(optionsOf({ epochs: 20 }, { validateAtStart: true }));
    expect(history[0]!.step).toBe(0);
    expect(best!.loss).toBeLessThan(0.9 * history[0]!.loss);
    expect(history.at(-1)!.trainingLoss).toBeLessThan(0.5 * history[1]!.trainingLoss!);
  });

  it('stops early when validation no longer improves', async () => {
    const result = await fineTune(
      optionsOf({ epochs: 40, learningRate: 0.03, patience: 3, schedule: { name: 'constant', warmup: 0 } }),
    );
    expect(result.outcome).toBe('stopped-early');
    expect(result.step).toBeLessThan(result.totalSteps);
    const after = result.history.filter(({ step }) => step > result.best!.step);
    expect(after.length).toBeGreaterThanOrEqual(3);
  });

  it('is a diagnosis where the numbers leave the finite', async () => {
    const broken = { learningRate: 1e30, maxGradientNorm: 0, schedule: { name: 'constant' as const, warmup: 0 } };
    const options = optionsOf(broken);
    const result = await fineTune(options);
    expect(result.outcome).toBe('diverged');
    expect(result.diagnosis?.kind).toBe('not-finite');
    expect(result.diagnosis?.advice).toContain('Lower the learning rate');
    // Asked again, it gives the same answer without training.
    expect((await fineTune(options)).outcome).toBe('diverged');
  });

  it('trains a fraction of an epoch', async () => {
    expect((await fineTune(optionsOf({ epochs: 0.4 }))).totalSteps).toBe(2);
  });

  it('refuses an empty training set and impossible settings', async () => {
    await expect(fineTune(optionsOf({}, { train: [] }))).rejects.toThrow('no training example');
    await expect(fineTune(optionsOf({ freezing: { layers: 9, embeddings: true } }))).rejects.toThrow('layers');
    const all = { layers: 3, embeddings: true, tensors: ['model.norm.weight'] };
    await expect(fineTune(optionsOf({ freezing: all }))).rejects.toThrow('nothing is trained');
  });
});

it('the ramp raises the rate until the loss runs away', async () => {
  const points = await learningRateRamp({
    model,
    train,
    settings: tinySettings,
    cacheDirectory,
    from: 1e-4,
    to: 100,
    steps: 40,
  });
  expect(points[0]!.learningRate).toBeCloseTo(1e-4, 10);
  expect(points.length).toBeLessThan(40);
  expect(points.at(-1)!.loss).toBeGreaterThan(2 * points[0]!.loss);
});
