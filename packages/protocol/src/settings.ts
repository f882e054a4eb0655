// The hyperparameters of one training run, as they cross a process boundary: the trainer's TrainingSettings, checked.
import { z } from 'zod';

export const scheduleNames = [
  'constant',
  'linear',
  'cosine',
  'cosine-restarts',
  'polynomial',
  'inverse-sqrt',
  'warmup-stable-decay',
] as const;

export const basePrecisions = ['f32', 'bf16', '8bit', '4bit'] as const;

export const loraTargets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;

export const optimizerNames = ['adamw', 'adamw-8bit', 'sgd', 'lion', 'adafactor', 'muon'] as const;

export const deviceChoices = ['cpu', 'webgpu', 'auto'] as const;

export const scheduleSettingsSchema = z.object({
  name: z.enum(scheduleNames),
  warmup: z.number().min(0).lt(1),
  floor: z.number().min(0).max(1).optional(),
  cycles: z.number().min(1).optional(),
  power: z.number().gt(0).optional(),
  decay: z.number().gt(0).max(1).optional(),
});

export const freezingSettingsSchema = z.object({
  layers: z.int().min(0),
  embeddings: z.boolean(),
  tensors: z.array(z.string()).optional(),
  unfreeze: z.enum(['none', 'gradual']).optional(),
  unfreezeEvery: z.number().gt(0).optional(),
  layerwiseDecay: z.number().gt(0).max(1).optional(),
});

export const loraSettingsSchema = z.object({
  rank: z.int().min(1),
  alpha: z.number().gt(0),
  targets: z.array(z.enum(loraTargets)).min(1),
  rankStabilized: z.boolean(),
  dora: z.boolean().optional(),
});

export const optimizerSettingsSchema = z.object({
  name: z.enum(optimizerNames),
  momentum: z.number().min(0).lt(1).optional(),
  nesterov: z.boolean().optional(),
});

/** Ranges as documented at the trainer's TrainingSettings. */
export const trainingSettingsSchema = z
  .object({
    method: z.enum(['lora', 'full']),
    learningRate: z.number().gt(0),
    batchSize: z.int().min(1),
    epochs: z.number().gt(0),
    dropout: z.number().min(0).lt(1),
    weightDecay: z.number().min(0),
    schedule: scheduleSettingsSchema,
    freezing: freezingSettingsSchema,
    lora: loraSettingsSchema.optional(),
    basePrecision: z.enum(basePrecisions).optional(),
    seed: z.int().min(0).max(0xffffffff),
    maxGradientNorm: z.number().min(0),
    optimizer: optimizerSettingsSchema.optional(),
    replay: z.object({ share: z.number().gt(0).lt(1), text: z.string().optional() }).optional(),
    labelSmoothing: z.number().min(0).lt(1).optional(),
    neftune: z.number().min(0).optional(),
    adam: z.object({
      beta1: z.number().min(0).lt(1),
      beta2: z.number().min(0).lt(1),
      epsilon: z.number().gt(0),
    }),
    maxLength: z.int().min(2),
    microBatchTokens: z.int().min(1),
    gradientCheckpointing: z.boolean().optional(),
    device: z.enum(deviceChoices).optional(),
    mixedPrecision: z.boolean().optional(),
    lossOn: z.enum(['completion', 'all']),
    evaluationsPerEpoch: z.number().gt(0),
    patience: z.int().min(0),
    minImprovement: z.number().min(0),
  })
  .meta({ id: 'TrainingSettings' });

export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
