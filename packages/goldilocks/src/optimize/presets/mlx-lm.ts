// `mlx_lm.lora --train` on Apple silicon.
import { type Preset, sources } from './preset.js';

export const mlxLm: Preset = {
  name: 'mlx-lm',
  tool: 'mlx-lm (mlx_lm.lora), LoRA',
  version: 'mlx-lm 0.32',
  source: 'https://github.com/ml-explore/mlx-lm, mlx_lm/lora.py and mlx_lm/cli_ui.py',
  example: 'mlx_lm.lora --model mlx-community/Qwen3-0.6B-4bit --data data --train --iters 600',
  note: 'The data folder needs valid.jsonl. mlx-lm saves the last adapter, not the best one.',
  space: {
    title: 'mlx-lm with LoRA',
    objectives: [{ metric: 'val_loss', direction: 'minimize', value: 'last' }],
    step: { metric: 'iteration' },
    // «Iter 200: Val loss 1.234» up to 0.28, «  200    val 1.234» since.
    metrics: {
      from: 'pattern',
      pattern: '(?<iteration>\\d+):?\\s+[Vv]al(?: loss)?\\s+(?<val_loss>\\d+\\.?\\d*|nan|inf)',
    },
    args: [
      ['--adapter-path', '{trial_dir}/adapters'],
      ['--steps-per-eval', '100'],
      ['--seed', '{seed}'],
    ],
    parameters: {
      learning_rate: {
        type: 'float',
        low: 3e-6,
        high: 1e-3,
        log: true,
        recommended: 1e-5,
        confidence: 0.3,
        source: "the tool's default, low since its LoRA scale is 20; the evidence is thin",
        args: ['--learning-rate', '{learning_rate}'],
      },
      batch_size: {
        type: 'int',
        low: 1,
        high: 16,
        log: true,
        recommended: 4,
        confidence: 0.3,
        source: `${sources.batch}; the tool's default: 4`,
        args: ['--batch-size', '{batch_size}'],
      },
      num_layers: {
        type: 'int',
        low: 4,
        high: 32,
        step: 4,
        recommended: 16,
        confidence: 0.3,
        source: "the tool's default; the top quarter of the layers gives 90 % of the quality (arXiv:1911.03090)",
        args: ['--num-layers', '{num_layers}'],
      },
      optimizer: {
        type: 'categorical',
        choices: ['adam', 'adamw'],
        recommended: 'adam',
        confidence: 0.3,
        source: sources.rank,
        args: ['--optimizer', '{optimizer}'],
      },
    },
  },
};
