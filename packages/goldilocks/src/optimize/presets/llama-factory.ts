// `llamafactory-cli train CONFIG.yaml` with LoRA; `key=value` after the file overrides it.
import { type Preset, sources } from './preset.js';
import { shared } from './shared.js';

export const llamaFactory: Preset = {
  name: 'llama-factory',
  tool: 'LLaMA-Factory (llamafactory-cli train), LoRA',
  version: 'llamafactory 0.9.5',
  source: 'https://llamafactory.readthedocs.io and llamafactory/hparams',
  example: 'llamafactory-cli train config.yaml',
  note: 'The settings must be in a YAML file, with val_size or eval_dataset.',
  space: {
    title: 'LLaMA-Factory with LoRA',
    objectives: [{ metric: 'eval_loss', direction: 'minimize', value: 'best' }],
    step: { metric: 'epoch' },
    metrics: { from: 'output' },
    args: [
      ['output_dir={trial_dir}/output'],
      ['do_eval=true'],
      ['eval_strategy=epoch'],
      ["save_strategy='no'"],
      ['report_to=none'],
      ['seed={seed}'],
    ],
    parameters: {
      learning_rate: {
        ...shared.loraRate,
        recommended: 1e-4,
        source: `${sources.lora}; LLaMA-Factory's LoRA examples: 1e-4`,
        args: ['learning_rate={learning_rate}'],
      },
      num_train_epochs: { ...shared.epochs, args: ['num_train_epochs={num_train_epochs}'] },
      gradient_accumulation_steps: {
        ...shared.accumulation,
        recommended: 8,
        args: ['gradient_accumulation_steps={gradient_accumulation_steps}'],
      },
      lora_rank: { ...shared.loraRank, recommended: 8, args: ['lora_rank={lora_rank}'] },
      lora_dropout: { ...shared.loraDropout, args: ['lora_dropout={lora_dropout}'] },
      weight_decay: { ...shared.decay, args: ['weight_decay={weight_decay}'] },
      lr_scheduler_type: { ...shared.schedule, args: ['lr_scheduler_type={lr_scheduler_type}'] },
    },
  },
};
