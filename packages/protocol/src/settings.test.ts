import type { TrainingSettings as TrainerSettings } from '@goldilocks/trainer';
import { expect, expectTypeOf, test } from 'vitest';
import { type TrainingSettings, trainingSettingsSchema } from './settings.js';

const settings: TrainingSettings = {
  method: 'lora',
  learningRate: 1e-3,
  batchSize: 16,
  epochs: 1.5,
  dropout: 0.1,
  weightDecay: 0,
  schedule: { name: 'cosine', warmup: 0.05, floor: 0.1 },
  freezing: { layers: 2, embeddings: true, unfreeze: 'none' },
  lora: { rank: 8, alpha: 16, targets: ['q_proj', 'v_proj'], rankStabilized: false },
  seed: 0,
  maxGradientNorm: 1,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  maxLength: 256,
  microBatchTokens: 512,
  lossOn: 'completion',
  evaluationsPerEpoch: 2,
  patience: 4,
  minImprovement: 0.001,
};

test('settings are the trainer’s settings', () => {
  expectTypeOf<TrainingSettings>().toEqualTypeOf<TrainerSettings>();
});

test('valid settings pass unchanged', () => {
  expect(trainingSettingsSchema.parse(settings)).toEqual(settings);
});

test.each([
  ['learningRate', 0],
  ['learningRate', -1e-3],
  ['batchSize', 1.5],
  ['epochs', 0],
  ['dropout', 1],
  ['weightDecay', -0.1],
  ['seed', 2 ** 32],
])('%s = %d is refused', (name, value) => {
  const result = trainingSettingsSchema.safeParse({ ...settings, [name]: value });
  expect(result.error?.issues[0]?.path).toEqual([name]);
});
