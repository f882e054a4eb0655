// The hyperparameters of one training run: the seven that Goldilocks tunes, and those beside them.

import type { DeviceChoice } from './runtime/device.js';

export type ScheduleName =
  | 'constant'
  | 'linear'
  | 'cosine'
  | 'cosine-restarts'
  | 'polynomial'
  | 'inverse-sqrt'
  | 'warmup-stable-decay';

export interface ScheduleSettings {
  name: ScheduleName;
  /** Share of all optimizer steps spent warming up linearly from 0, in [0, 1). */
  warmup: number;
  /** Lowest rate as a share of the peak, in [0, 1]: the floor of cosine, linear, polynomial and the decay of warmup-stable-decay. */
  floor?: number;
  /** Number of cosine cycles (cosine-restarts), ≥ 1. */
  cycles?: number;
  /** Exponent (polynomial), > 0. */
  power?: number;
  /** Share of all steps spent in the final decay (warmup-stable-decay), in (0, 1]. */
  decay?: number;
}

export interface FreezingSettings {
  /** How many of the lowest transformer layers stay as they are, 0 … number of layers. */
  layers: number;
  /** Whether token embeddings stay frozen. Always true where `layers` > 0 (they lie below), and in LoRA. */
  embeddings: boolean;
  /** Further tensors to freeze, by Hugging Face name or by glob (`model.layers.*.mlp.*`). */
  tensors?: string[];
  /** `gradual`: start with the top trainable layer, and unfreeze one more group each `unfreezeEvery` epochs (ULMFiT, 1801.06146). */
  unfreeze?: 'none' | 'gradual';
  /** Epochs between two unfreezings; default 1. */
  unfreezeEvery?: number;
  /** Each layer's rate is its upper neighbour's times this, in (0, 1]; 1 = same rate everywhere (ULMFiT: 1/2.6). */
  layerwiseDecay?: number;
}

/**
 * Linear layers of a transformer block that may carry an adapter, by their names in Llama. Where another family joins or names them
 * otherwise, each stands for the layer that does its work (GPT-2's q_proj, k_proj and v_proj are c_attn).
 */
export type LoraTarget = 'q_proj' | 'k_proj' | 'v_proj' | 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

export interface LoraSettings {
  rank: number;
  alpha: number;
  targets: LoraTarget[];
  /** Scale α/√r instead of α/r (rsLoRA, 2312.03732). */
  rankStabilized: boolean;
  /** A magnitude for each output of an adapted layer trains beside the adapter (DoRA, 2402.09353); default false. */
  dora?: boolean;
}

export const optimizerNames = ['adamw', 'adamw-8bit', 'sgd', 'lion', 'adafactor', 'muon'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export interface OptimizerSettings {
  /** What each remembers and does: `optimizers/`. Rates of `adamw-8bit`, `adafactor` and `muon` are like AdamW's; see there for the others. */
  name: OptimizerName;
  /** Of sgd (default 0.9) and muon (0.95), in [0, 1). */
  momentum?: number;
  /** Nesterov's momentum: of sgd (default false) and muon (true). */
  nesterov?: boolean;
}

/**
 * In what frozen matrices of linear layers are kept in memory: float32, bfloat16 (what most checkpoints are stored in), 8-bit integers, or the
 * 4-bit normal floats of QLoRA (2305.14314); the last two with a factor for each 64 numbers.
 */
export type BasePrecision = 'f32' | 'bf16' | '8bit' | '4bit';

export interface ReplaySettings {
  /** What reference text counts for in each step's loss, in (0, 1); as large a share of the batch size, at least one piece, is read beside it. */
  share: number;
  /** A file of plain text; default: what the base model brings along. */
  text?: string;
}

export interface TrainingSettings {
  method: 'lora' | 'full';
  /** 1. Peak learning rate, > 0. */
  learningRate: number;
  /** 2. Effective batch size: examples per optimizer step, an integer ≥ 1. */
  batchSize: number;
  /** 3. Passes over the training data, > 0, also fractional. */
  epochs: number;
  /** 4. Dropout probability in [0, 1): residual and MLP paths in full fine-tuning, the adapters' input in LoRA. */
  dropout: number;
  /** 5. Weight decay ≥ 0, not applied to norms and biases; decoupled, but in sgd, which adds it to the gradient as PyTorch does. */
  weightDecay: number;
  /** 6. Learning-rate schedule. */
  schedule: ScheduleSettings;
  /** 7. Freezing and unfreezing of layers. */
  freezing: FreezingSettings;

  lora?: LoraSettings;
  /** Share of each target that all tokens of the vocabulary have in equal parts, in [0, 1); default 0. Measured losses are without. */
  labelSmoothing?: number;
  /** α of uniform noise on the embeddings in training (NEFTune, 2310.05914), ≥ 0, there 5 … 15; default 0. Nothing is cached below frozen layers then. */
  neftune?: number;
  /** Precision of what is frozen; default f32. What trains is float32, and so is the base model when results are used. */
  basePrecision?: BasePrecision;
  /** Reference text in every step, against forgetting; default: none. Losses that are told are of the data alone. */
  replay?: ReplaySettings;
  /** Seed of initialisation, data order and dropout masks: an unsigned 32-bit integer. */
  seed: number;
  /** Gradients are scaled down to this global L2 norm; 0 = no clipping. */
  maxGradientNorm: number;
  /** Default: AdamW. */
  optimizer?: OptimizerSettings;
  /** Of the AdamW family, and of what muon leaves to AdamW. */
  adam: { beta1: number; beta2: number; epsilon: number };
  /** Longest example in tokens; longer prompts are cut from the left, then completions from the right, and counted. */
  maxLength: number;
  /** Most tokens (padding included) in one forward and backward pass: what fits memory, no influence on the result beyond rounding. */
  microBatchTokens: number;
  /** Each layer is computed again in the backward pass instead of kept (gradient checkpointing, 1604.06174): less memory, more time, the same result. */
  gradientCheckpointing?: boolean;
  /** On a GPU, which must be able to, matrix products of training in 16 bits, with loss scaling; no effect on the CPU. Default false. */
  mixedPrecision?: boolean;
  /** Where it runs; no influence on the result beyond rounding. Default: cpu. */
  device?: DeviceChoice;
  /** Which tokens the loss counts: the completion's only, or the whole text's. */
  lossOn: 'completion' | 'all';
  /** Validation measurements per epoch, > 0; may be fractional (0.5 = every second epoch). */
  evaluationsPerEpoch: number;
  /** Stop after this many evaluations without an improvement of at least `minImprovement` (relative); 0 = never stop early. */
  patience: number;
  minImprovement: number;
}

export const defaultSettings: TrainingSettings = {
  method: 'full',
  learningRate: 5e-5,
  batchSize: 16,
  epochs: 3,
  dropout: 0,
  weightDecay: 0.01,
  schedule: { name: 'cosine', warmup: 0.05, floor: 0.1 },
  freezing: { layers: 0, embeddings: false, unfreeze: 'none', layerwiseDecay: 1 },
  seed: 0,
  maxGradientNorm: 1,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  maxLength: 512,
  microBatchTokens: 512,
  lossOn: 'completion',
  evaluationsPerEpoch: 2,
  patience: 4,
  minImprovement: 0.001,
};
