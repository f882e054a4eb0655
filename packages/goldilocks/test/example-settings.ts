// Valid training settings for tests.
import type { TrainingSettings } from '@goldilocks/protocol';

export const exampleSettings: TrainingSettings = {
  method: 'full',
  learningRate: 1e-3,
  batchSize: 16,
  epochs: 6,
  dropout: 0,
  weightDecay: 0.01,
  schedule: { name: 'cosine', warmup: 0.05, floor: 0.1 },
  freezing: { layers: 0, embeddings: false, unfreeze: 'none', layerwiseDecay: 1 },
  seed: 0,
  maxGradientNorm: 1,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  maxLength: 256,
  microBatchTokens: 2048,
  lossOn: 'completion',
  evaluationsPerEpoch: 2,
  patience: 4,
  minImprovement: 0.001,
};
