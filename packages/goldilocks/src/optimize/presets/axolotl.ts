// `axolotl train CONFIG` with LoRA; flags override the YAML file.
import { type Preset, sources } from './preset.js';
import { shared } from './shared.js';

export const axolotl: Preset = {
  name: 'axolotl',
  tool: 'Axolotl (axolotl train), LoRA',
  version: 'axolotl 0.19',
  source: 'https://docs.axolotl.ai/docs/cli.html and axolotl/cli/config_options.py',
  example: 'axolotl train config.yml',
  note: 'The config needs an adapter, and a validation set: val_set_size or test_datasets, with evals_per_epoch.',
  space: {
    title: 'Axolotl with LoRA',
    objectives: [{ metric: 'eval_loss', direction: 'minimize', value: 'best' }],
    step: { metric: 'epoch' },
    metrics: { from: 'output' },
    args: [
      ['--output-dir', '{trial_dir}/output'],
      ['--seed', '{seed}'],
    ],
    parameters: {
      learning_rate: {
        ...shared.loraRate,
        recommended: 2e-4,
        source: `${sources.lora}; Axolotl's LoRA examples: 2e-4`,
        args: ['--learning-rate', '{learning_rate}'],
      },
      num_epochs: { ...shared.epochs, args: ['--num-epochs', '{num_epochs}'] },
      gradient_accumulation_steps: {
        ...shared.accumulation,
        recommended: 4,
        args: ['--gradient-accumulation-steps', '{gradient_accumulation_steps}'],
      },
      lora_r: { ...shared.loraRank, args: ['--lora-r', '{lora_r}'] },
      lora_dropout: { ...shared.loraDropout, args: ['--lora-dropout', '{lora_dropout}'] },
      weight_decay: { ...shared.decay, args: ['--weight-decay', '{weight_decay}'] },
      lr_scheduler: { ...shared.schedule, args: ['--lr-scheduler', '{lr_scheduler}'] },
    },
  },
};
