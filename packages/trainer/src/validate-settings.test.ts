import { describe, expect, test } from 'vitest';
import { SettingsError } from './errors.js';
import { defaultSettings, type TrainingSettings } from './settings.js';
import { validateSettings } from './validate-settings.js';

const lora = { rank: 8, alpha: 16, targets: ['q_proj' as const], rankStabilized: false };
const { schedule, freezing, adam } = defaultSettings;

function faults(changes: object, layers?: number, positions?: number): string[] {
  try {
    validateSettings({ ...defaultSettings, ...changes } as TrainingSettings, layers, positions);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message.split('\n');
  }
}

describe('validateSettings', () => {
  test('accepts the defaults, LoRA and the ends of the ranges', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ method: 'lora', lora })).toEqual([]);
    expect(faults({ optimizer: { name: 'sgd', momentum: 0 } })).toEqual([]);
    expect(faults({ dropout: 0.99, epochs: 0.1, weightDecay: 0, patience: 0, seed: 2 ** 32 - 1 })).toEqual([]);
    expect(faults({ freezing: { ...freezing, layers: 30 } }, 30, 512)).toEqual([]);
    expect(faults({ schedule: { name: 'warmup-stable-decay', warmup: 0.5, decay: 0.5, floor: 1 } })).toEqual([]);
  });

  test.each<[object, RegExp]>([
    [{ learningRate: 0 }, /^Learning rate is 0; it must be above 0/],
    [{ learningRate: -1e-5 }, /^Learning rate is -0.00001;/],
    [{ learningRate: Number.NaN }, /^Learning rate is NaN;/],
    [{ learningRate: '5e-5' }, /^Learning rate is "5e-5";/],
    [{ batchSize: 0 }, /^Batch size is 0;/],
    [{ batchSize: 2.5 }, /^Batch size is 2.5; it must be a whole number/],
    [{ epochs: 0 }, /^Epochs is 0;/],
    [{ epochs: Number.POSITIVE_INFINITY }, /^Epochs is Infinity;/],
    [{ dropout: 1 }, /^Dropout is 1; it must be at least 0 and below 1/],
    [{ weightDecay: -0.1 }, /^Weight decay is -0.1;/],
    [{ schedule: { ...schedule, name: 'sine' } }, /^Schedule is "sine"; it must be one of constant, linear/],
    [{ schedule: { ...schedule, warmup: 1 } }, /^Warm-up is 1;/],
    [{ schedule: { ...schedule, floor: 1.1 } }, /floor is 1.1;/],
    [{ schedule: { ...schedule, cycles: 0 } }, /cycles is 0;/],
    [{ schedule: { ...schedule, power: 0 } }, /power is 0;/],
    [{ schedule: { ...schedule, decay: 0 } }, /decay is 0;/],
    [{ schedule: { name: 'warmup-stable-decay', warmup: 0.6, decay: 0.5 } }, /add up to more than the whole run/],
    [{ freezing: { ...freezing, layers: -1 } }, /^Frozen layers is -1;/],
    [{ freezing: { ...freezing, unfreeze: 'fast' } }, /^Unfreezing is "fast";/],
    [{ freezing: { ...freezing, unfreezeEvery: 0 } }, /^Epochs between unfreezings is 0;/],
    [{ freezing: { ...freezing, layerwiseDecay: 1.5 } }, /^Layer-wise decay is 1.5;/],
    [{ method: 'qlora' }, /^Method is "qlora";/],
    [{ method: 'lora' }, /no LoRA settings are given/],
    [{ method: 'lora', lora: { ...lora, rank: 0 } }, /^LoRA rank is 0;/],
    [{ method: 'lora', lora: { ...lora, alpha: 0 } }, /^LoRA alpha is 0;/],
    [{ method: 'lora', lora: { ...lora, targets: ['lm_head'] } }, /^LoRA targets are \["lm_head"\];/],
    [{ method: 'lora', lora, freezing: { ...freezing, unfreeze: 'gradual' } }, /^Gradual unfreezing is for full/],
    [{ optimizer: { name: 'adam' } }, /^Optimizer is "adam"; it must be one of adamw, adamw-8bit, sgd/],
    [{ optimizer: { name: 'sgd', momentum: 1 } }, /^Momentum is 1; it must be at least 0 and below 1/],
    [{ optimizer: { name: 'lion', momentum: 0.9 } }, /settings of sgd and muon; lion has none/],
    [{ optimizer: { name: 'sgd', momentum: 0, nesterov: true } }, /set one above 0/],
    [{ labelSmoothing: 1 }, /^Label smoothing is 1;/],
    [{ replay: { share: 1 } }, /^Replay is 1; it must be a share of the loss/],
    [{ neftune: -1 }, /^NEFTune’s alpha is -1;/],
    [{ seed: 2 ** 32 }, /^Seed is 4294967296;/],
    [{ maxGradientNorm: -1 }, /^Largest gradient norm is -1;/],
    [{ adam: { ...adam, beta1: 1 } }, /^Adam beta1 is 1;/],
    [{ adam: { ...adam, beta2: -0.1 } }, /^Adam beta2 is -0.1;/],
    [{ adam: { ...adam, epsilon: 0 } }, /^Adam epsilon is 0;/],
    [{ maxLength: 1 }, /^Maximal length is 1;/],
    [{ microBatchTokens: 0 }, /^Micro-batch is 0;/],
    [{ lossOn: 'prompt' }, /^The loss is on "prompt";/],
    [{ evaluationsPerEpoch: 0 }, /^Evaluations per epoch is 0;/],
    [{ patience: 1.5 }, /^Patience is 1.5;/],
    [{ minImprovement: -1 }, /^Minimum improvement is -1;/],
  ])('%j', (changes, message) => {
    const found = faults(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test('compares with the model', () => {
    expect(faults({ freezing: { ...freezing, layers: 31 } }, 30)).toEqual([
      'Frozen layers is 31, but the model has 30; it must be 0 … 30.',
    ]);
    expect(faults({ maxLength: 1024 }, undefined, 512)[0]).toMatch(/1024 tokens, but the model attends to 512/);
  });

  test('names every fault at once', () => {
    expect(faults({ learningRate: 0, dropout: 2, batchSize: -1 })).toHaveLength(3);
  });
});
