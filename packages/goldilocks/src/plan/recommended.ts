// Recommended settings per base model, one row a model, every value with its source. Data only: recommend.ts reads it.
import type { LoraSettings, ScheduleSettings } from '@goldilocks/trainer';
import { measured, prior, published, type Sourced } from './evidence.js';

export type Method = 'full' | 'lora';
export type PerMethod<T> = Record<Method, Sourced<T>>;

export interface ModelRow {
  name: string;
  /** Recognises the model in a directory name or Hub id, which is lower-cased, with `_` and spaces turned into `-`. */
  pattern: RegExp;
  /** Recognises it without its name. Models of one shape share their settings. */
  shape: { layers: number; hiddenSize: number };
  parameters: number;
  method: Sourced<Method>;
  learningRate: PerMethod<number>;
  /** Where it was measured; else what is common. */
  epochs?: Sourced<number>;
}

const lwr = 'LoRA Without Regret (Thinking Machines)';
const formula = 'tinker-cookbook: 5e-4·(2000/hidden size)^0.781 for Llama';
const smolRecipe = 'alignment-handbook recipes/smollm2/sft: 1e-3 on 460k conversations (135M, 360M)';

/** One seed, batch 16, 3–6 epochs, on a checkpoint midway through pretraining: shows the order of magnitude. */
const onFeedback = 'measured on examples/feedback, one seed';

const loraByDefault = published<Method>(
  'lora',
  `${lwr}: equals full fine-tuning on small data; 2405.09673: forgets less`,
);
const fullWhenTiny = prior<Method>(
  'full',
  'a few million weights: training all of them is cheap, and adapters save little',
);

/** Known base models that write text, smallest first within a family. Learning rates are peaks, for AdamW and batches of 8–64 examples. */
export const models: ModelRow[] = [
  {
    name: 'goldilocks-base',
    pattern: /goldilocks-base/,
    shape: { layers: 6, hiddenSize: 192 },
    parameters: 3.22e6,
    method: fullWhenTiny,
    learningRate: {
      full: measured(2e-3, `${onFeedback}: loss 0.20 at 1e-3, 0.19 at 2e-3 and 3e-3, 0.22 at 3e-4`),
      lora: measured(5e-3, `${onFeedback}: loss 0.24, against 0.27 at 2e-3 and 0.36 at 1.5e-2`),
    },
    epochs: measured(
      6,
      'measured on examples/feedback, two seeds: validation loss 0.12 and 0.13 with 6, 0.14 and 0.15 with 3; test accuracy 71 and 70 %, 56 and 58 %',
    ),
  },
  {
    name: 'SmolLM2-135M',
    pattern: /smollm2-135m/,
    shape: { layers: 30, hiddenSize: 576 },
    parameters: 134.5e6,
    method: loraByDefault,
    learningRate: {
      full: prior(
        3e-4,
        `between ${smolRecipe} and a tenth of the LoRA rate (${lwr}), for data a thousand times smaller`,
      ),
      lora: prior(2e-3, `${formula}: 1.3e-3; ten times the full rate: 3e-3`),
    },
  },
  {
    name: 'SmolLM2-360M',
    pattern: /smollm2-360m/,
    shape: { layers: 32, hiddenSize: 960 },
    parameters: 361.8e6,
    method: loraByDefault,
    learningRate: {
      full: prior(
        2e-4,
        `between ${smolRecipe} and a tenth of the LoRA rate (${lwr}), for data a thousand times smaller`,
      ),
      lora: prior(1e-3, `${formula}: 9e-4; ten times the full rate: 2e-3`),
    },
  },
  {
    name: 'SmolLM2-1.7B',
    pattern: /smollm2-1\.7b/,
    shape: { layers: 24, hiddenSize: 2048 },
    parameters: 1.71e9,
    method: loraByDefault,
    learningRate: {
      full: prior(
        1e-4,
        `between alignment-handbook recipes/smollm2/sft (3e-4 on 1M conversations) and a tenth of the LoRA rate`,
      ),
      lora: published(5e-4, formula),
    },
  },
  {
    name: 'SmolLM-135M',
    pattern: /smollm-135m/,
    shape: { layers: 30, hiddenSize: 576 },
    parameters: 134.5e6,
    method: loraByDefault,
    learningRate: {
      full: prior(3e-4, 'alignment-handbook recipes/smollm/sft: 1e-3 (360M, 300k conversations), lower for less data'),
      lora: prior(2e-3, `${formula}: 1.3e-3; ten times the full rate: 3e-3`),
    },
  },
  {
    name: 'SmolLM-360M',
    pattern: /smollm-360m/,
    shape: { layers: 32, hiddenSize: 960 },
    parameters: 361.8e6,
    method: loraByDefault,
    learningRate: {
      full: prior(2e-4, 'alignment-handbook recipes/smollm/sft: 1e-3 (360M, 300k conversations), lower for less data'),
      lora: prior(1e-3, `${formula}: 9e-4`),
    },
  },
  {
    name: 'SmolLM-1.7B',
    pattern: /smollm-1\.7b/,
    shape: { layers: 24, hiddenSize: 2048 },
    parameters: 1.71e9,
    method: loraByDefault,
    learningRate: {
      full: prior(1e-4, 'alignment-handbook recipes/smollm/sft: 1e-3 (360M), lower for the larger model and less data'),
      lora: published(5e-4, formula),
    },
  },
  {
    name: 'TinyLlama-1.1B',
    pattern: /tinyllama/,
    shape: { layers: 22, hiddenSize: 2048 },
    parameters: 1.1e9,
    method: loraByDefault,
    learningRate: {
      full: published(1e-5, 'TinyLlama sft/script.sh: 1e-5, batch 16, constant'),
      lora: published(5e-4, formula),
    },
  },
  {
    name: 'Llama-3.2-1B',
    pattern: /llama-?3\.2-1b/,
    shape: { layers: 16, hiddenSize: 2048 },
    parameters: 1.24e9,
    method: loraByDefault,
    learningRate: {
      full: published(2e-5, 'torchtune llama3_2/1B_full'),
      lora: published(5e-4, `${formula}; ${lwr} found 1e-3 at batch 128`),
    },
  },
  {
    name: 'Llama-3.2-3B',
    pattern: /llama-?3\.2-3b/,
    shape: { layers: 28, hiddenSize: 3072 },
    parameters: 3.21e9,
    method: loraByDefault,
    learningRate: {
      full: published(2e-5, 'torchtune llama3_2/3B_full'),
      lora: published(4e-4, `${formula}; ${lwr} found 1e-3 at batch 128`),
    },
  },
  {
    name: 'Llama-2-7B',
    pattern: /llama-?2-7b/,
    // The same width and depth as Llama 3.1 8B: told apart by its name or its number of weights.
    shape: { layers: 32, hiddenSize: 4096 },
    parameters: 6.74e9,
    method: loraByDefault,
    learningRate: {
      full: published(2e-5, 'torchtune llama2/7B_full'),
      lora: published(3e-4, 'torchtune llama2/7B_lora'),
    },
  },
  {
    name: 'Llama-3.1-8B',
    pattern: /llama-?3(\.1)?-8b/,
    shape: { layers: 32, hiddenSize: 4096 },
    parameters: 8.03e9,
    method: loraByDefault,
    learningRate: {
      full: published(5e-6, 'Tulu 3 8B, 2411.15124'),
      lora: published(3e-4, `${lwr}, ${formula}`),
    },
  },
  {
    name: 'Qwen2.5-0.5B',
    pattern: /qwen2\.5-0\.5b/,
    shape: { layers: 24, hiddenSize: 896 },
    parameters: 494e6,
    method: loraByDefault,
    learningRate: {
      full: prior(1e-4, 'between torchtune qwen2_5/0.5B_full (2e-5, 52k rows) and a tenth of the LoRA rate'),
      lora: published(2e-3, 'torchtune qwen2_5/0.5B_lora'),
    },
  },
  {
    name: 'Qwen2.5-1.5B',
    pattern: /qwen2\.5-1\.5b/,
    shape: { layers: 28, hiddenSize: 1536 },
    parameters: 1.54e9,
    method: loraByDefault,
    learningRate: {
      full: prior(5e-5, 'between torchtune qwen2_5 full (2e-5, 52k rows) and a tenth of the LoRA rate'),
      lora: published(2e-3, 'torchtune qwen2_5/1.5B_lora'),
    },
  },
  {
    name: 'Qwen3-0.6B',
    pattern: /qwen3-0\.6b/,
    shape: { layers: 28, hiddenSize: 1024 },
    parameters: 596e6,
    method: loraByDefault,
    learningRate: {
      full: prior(1e-4, `a tenth of the LoRA rate (${lwr})`),
      lora: prior(1e-3, `${lwr} found 1e-3 for Qwen3 4B and 8B at batch 128; smaller models take no less`),
    },
  },
  {
    name: 'Qwen3-1.7B',
    pattern: /qwen3-1\.7b/,
    shape: { layers: 28, hiddenSize: 2048 },
    parameters: 1.72e9,
    method: loraByDefault,
    learningRate: {
      full: prior(5e-5, `below a tenth of the LoRA rate (${lwr}), as the larger models of this table`),
      lora: prior(1e-3, `${lwr} found 1e-3 for Qwen3 4B and 8B at batch 128; smaller models take no less`),
    },
  },
  {
    name: 'Qwen3-4B',
    pattern: /qwen3-4b/,
    shape: { layers: 36, hiddenSize: 2560 },
    parameters: 4.02e9,
    method: loraByDefault,
    learningRate: {
      full: prior(2e-5, 'as torchtune trains Qwen 2.5 whole; SmolLM3-3B 2e-5'),
      lora: published(1e-3, `${lwr}: 1e-3 for Qwen3 4B and 8B at batch 128`),
    },
  },
  {
    name: 'Gemma-2-2B',
    pattern: /gemma-2-2b/,
    shape: { layers: 26, hiddenSize: 2304 },
    parameters: 2.61e9,
    method: loraByDefault,
    learningRate: {
      full: published(2e-5, 'torchtune gemma2/2B_full'),
      lora: prior(4e-4, `${formula}, taken over to Gemma`),
    },
  },
  {
    name: 'SmolLM3-3B',
    pattern: /smollm3-3b/,
    shape: { layers: 36, hiddenSize: 2048 },
    parameters: 3.08e9,
    method: loraByDefault,
    learningRate: {
      full: published(2e-5, 'SmolLM3-3B, supervised fine-tuning'),
      lora: prior(5e-4, `${formula}; SmolLM3 has its shape`),
    },
  },
  {
    name: 'Phi-3-mini',
    pattern: /phi-?3(\.5)?-mini/,
    shape: { layers: 32, hiddenSize: 3072 },
    parameters: 3.82e9,
    method: loraByDefault,
    learningRate: {
      full: published(5e-6, 'torchtune phi3/mini_full_low_memory'),
      lora: published(3e-4, 'torchtune phi3/mini_lora'),
    },
  },
  {
    name: 'Mistral-7B',
    pattern: /mistral-7b/,
    shape: { layers: 32, hiddenSize: 4096 },
    parameters: 7.25e9,
    method: loraByDefault,
    learningRate: {
      full: published(5e-6, 'torchtune mistral/7B_full_low_memory'),
      lora: prior(2e-4, `between torchtune mistral/7B_lora (2e-5) and what ${lwr} found for Llama 8B (3e-4)`),
    },
  },
];

const encoderWhole = prior<Method>(
  'full',
  'a class head must be trained anyway, encoders are small, and there is no skill of writing to forget',
);
const bertGrid = '1810.04805: BERT’s grid is 2e-5, 3e-5, 5e-5';
const smallBertGrid = '1908.08962: smaller BERTs were tuned over 3e-5, 5e-5, 1e-4, 3e-4';
const loraGlue = '2106.09685: RoBERTa-base on GLUE with 4e-4 and 5e-4';

/** Encoders, which classify, smallest first. */
export const encoders: ModelRow[] = [
  {
    name: 'MiniLM-L6',
    pattern: /minilm-l-?6/,
    shape: { layers: 6, hiddenSize: 384 },
    parameters: 22.7e6,
    method: encoderWhole,
    learningRate: { full: prior(1e-4, smallBertGrid), lora: prior(1e-3, `ten times the full rate (${lwr})`) },
  },
  {
    name: 'MiniLM-L12',
    pattern: /minilm-l-?12/,
    shape: { layers: 12, hiddenSize: 384 },
    parameters: 33.4e6,
    method: encoderWhole,
    learningRate: { full: prior(5e-5, smallBertGrid), lora: prior(5e-4, loraGlue) },
  },
  {
    name: 'DistilBERT-base',
    pattern: /distilbert-base/,
    shape: { layers: 6, hiddenSize: 768 },
    parameters: 66.4e6,
    method: encoderWhole,
    learningRate: { full: prior(5e-5, `the upper end, for half the layers; ${bertGrid}`), lora: prior(5e-4, loraGlue) },
  },
  {
    name: 'BERT-base',
    pattern: /(^|\/)bert-base/,
    shape: { layers: 12, hiddenSize: 768 },
    parameters: 109.5e6,
    method: encoderWhole,
    learningRate: { full: published(3e-5, bertGrid), lora: prior(5e-4, loraGlue) },
  },
  {
    name: 'ModernBERT-base',
    pattern: /modernbert-base/,
    shape: { layers: 22, hiddenSize: 768 },
    parameters: 149e6,
    method: encoderWhole,
    learningRate: { full: prior(5e-5, `as BERT, the upper end: ${bertGrid}`), lora: prior(5e-4, loraGlue) },
  },
  {
    name: 'BERT-large',
    pattern: /(^|\/)bert-large/,
    shape: { layers: 24, hiddenSize: 1024 },
    parameters: 335e6,
    method: encoderWhole,
    learningRate: { full: published(2e-5, bertGrid), lora: prior(3e-4, `below ${loraGlue}`) },
  },
  {
    name: 'ModernBERT-large',
    pattern: /modernbert-large/,
    shape: { layers: 28, hiddenSize: 1024 },
    parameters: 395e6,
    method: encoderWhole,
    learningRate: { full: prior(3e-5, bertGrid), lora: prior(3e-4, `below ${loraGlue}`) },
  },
];

/** Like `rateBySize`, for encoders: from the rows above, and 1908.08962 below them. */
export const encoderRateBySize: typeof rateBySize = {
  full: [
    [4.4e6, 3e-4],
    [22.7e6, 1e-4],
    [109.5e6, 3e-5],
    [335e6, 2e-5],
  ],
  lora: [
    [4.4e6, 2e-3],
    [22.7e6, 1e-3],
    [109.5e6, 5e-4],
    [335e6, 3e-4],
  ],
};

/**
 * Learning rate by number of weights, for models not in the table: points to interpolate between (both axes
 * logarithmic). From the rows above and, at 70B, Tulu 3 (full) and LoRA Without Regret (LoRA).
 */
export const rateBySize: Record<Method, [parameters: number, learningRate: number][]> = {
  full: [
    [3.2e6, 2e-3],
    [135e6, 3e-4],
    [360e6, 2e-4],
    [1.2e9, 4e-5],
    [8e9, 8e-6],
    [70e9, 2e-6],
  ],
  lora: [
    [3.2e6, 5e-3],
    [135e6, 2e-3],
    [360e6, 1e-3],
    [1.2e9, 5e-4],
    [8e9, 3e-4],
    [70e9, 3e-4],
  ],
};
export const rateBySizeSource = 'interpolated by size between the models of the table';

const allLinear: LoraSettings['targets'] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];

/** What holds for every model. */
export const common = {
  batchSize: {
    full: prior(16, 'usual for small data; for 3–7B larger batches with a lower rate won (2412.13337)'),
    lora: published(16, `below 32: TRL's guide to LoRA, ${lwr}`),
  } satisfies PerMethod<number>,
  epochs: published(3, 'OpenAI cookbook; 1–3 in Unsloth, 2 in Tulu'),
  dropout: published(0, 'default of LLaMA-Factory, Axolotl, torchtune and mlx-lm'),
  weightDecay: published(0.01, 'torchtune, QVAC; Tulu uses 0'),
  schedule: published<ScheduleSettings>(
    { name: 'cosine', warmup: 0.05, floor: 0.1 },
    'SmolLM3: 3 % warm-up, cosine to 10 %; Unsloth: 5–10 % warm-up',
  ),
  frozenLayers: prior(0, 'full fine-tuning and LoRA recipes train every layer'),
  lora: published<LoraSettings>(
    { rank: 16, alpha: 32, targets: allLinear, rankStabilized: false },
    `${lwr}: adapters on all linear layers, α = 32; the best rate hardly depends on the rank`,
  ),
  patience: published(4, 'patience of 3–5 evaluations, the best checkpoint kept (transformers #22934, mlx-lm #331)'),
};

/** Search ranges beside the learning rate's, which follows from the recommended one. */
export const ranges = {
  /** The loss is flat below the best rate and falls off a cliff above it (LoRA Without Regret): wide below, narrower above. */
  learningRate: { below: 8, above: 5, source: 'LoRA 3e-5…1e-3, full 1e-6…5e-5 at 1–70B; wider for smaller models' },
  batchSize: { choices: [4, 8, 16, 32, 64], source: 'critical batch size, 2505.23971' },
  epochs: { least: 1, most: 25, source: 'OpenAI cookbook; most gain in 1–3 passes' },
  dropout: { low: 0, high: 0.2, step: 0.05, source: '2305.13230: the regulariser that worked over repeated epochs' },
  weightDecay: { low: 0, high: 0.1, step: 0.01, source: 'Tulu 0, torchtune 0.01, pretraining 0.1' },
  schedule: {
    choices: ['cosine', 'linear', 'constant', 'warmup-stable-decay'] as ScheduleSettings['name'][],
    source: 'Tulu linear, SmolLM3 cosine; constant cost nothing in 2412.13337',
  },
  warmup: { low: 0, high: 0.1, step: 0.025, source: 'Tulu and SmolLM3 3 %, Unsloth 5–10 %, none in 2412.13337' },
  frozenLayers: {
    low: 0,
    high: 0.75,
    step: 0.25,
    source: '1911.03090: the top quarter alone gives 90 % of the quality',
  },
  unfreeze: { choices: ['none', 'gradual'] as const, source: 'ULMFiT, 1801.06146' },
  loraRank: { choices: [4, 8, 16, 32, 64], source: `${lwr}; the best rank falls as noise rises (2602.00084)` },
};
