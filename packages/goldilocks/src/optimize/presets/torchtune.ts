// `tune run lora_finetune_…` of torchtune; `key=value` overrides the config.
import { type Preset, sources } from './preset.js';
import { shared } from './shared.js';

export const torchtune: Preset = {
  name: 'torchtune',
  tool: 'torchtune (tune run), LoRA recipes',
  version: 'torchtune 0.6.1',
  source: 'https://docs.pytorch.org/torchtune and recipes/lora_finetune_single_device.py',
  example: 'tune run lora_finetune_single_device --config llama3_2/1B_lora_single_device',
  space: {
    note:
      'torchtune’s LoRA recipes measure no validation loss, so settings are ranked by the training loss, and epochs are not ' +
      'searched. Training losses can rank settings wrongly (arXiv:2412.13337): evaluate the best few on data of their own.',
    title: 'torchtune with LoRA',
    objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
    step: { metric: 'step' },
    metrics: { from: 'tensorboard', path: '{trial_dir}/logs' },
    args: [
      ['output_dir={trial_dir}/output'],
      ['metric_logger._component_=torchtune.training.metric_logging.TensorBoardLogger'],
      ['metric_logger.log_dir={trial_dir}/logs'],
      ['seed={seed}'],
    ],
    parameters: {
      learning_rate: {
        ...shared.loraRate,
        recommended: 3e-4,
        source: `${sources.lora}; torchtune's LoRA configs: 3e-4`,
        args: ['optimizer.lr={learning_rate}'],
      },
      weight_decay: { ...shared.decay, recommended: 0.01, args: ['optimizer.weight_decay={weight_decay}'] },
      batch_size: {
        type: 'int',
        low: 1,
        high: 8,
        log: true,
        recommended: 4,
        confidence: 0.3,
        source: `${sources.batch}, times gradient_accumulation_steps; torchtune 1B: 4`,
        args: ['batch_size={batch_size}'],
      },
      lora_rank: {
        ...shared.loraRank,
        low: 8,
        recommended: 64,
        source: 'torchtune llama3_2/1B_lora: 64',
        args: ['model.lora_rank={lora_rank}'],
      },
      lora_dropout: { ...shared.loraDropout, choices: [0, 0.05, 0.1], args: ['model.lora_dropout={lora_dropout}'] },
    },
  },
};
