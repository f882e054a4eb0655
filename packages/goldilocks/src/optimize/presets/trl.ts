// `trl sft` with LoRA.
import { type Preset, sources } from './preset.js';
import { shared } from './shared.js';
import { transformers } from './transformers.js';

const { num_train_epochs, gradient_accumulation_steps, weight_decay, lr_scheduler_type } =
  transformers.space.parameters;

export const trl: Preset = {
  name: 'trl',
  tool: 'TRL (trl sft), LoRA',
  version: 'trl 1.16',
  source: 'https://huggingface.co/docs/trl/clis and the fields of SFTConfig and ModelConfig',
  example: 'trl sft --model_name_or_path Qwen/Qwen3-0.6B --dataset_name trl-lib/Capybara',
  note: 'The dataset needs a split named test (or say --dataset_test_split).',
  space: {
    title: 'TRL supervised fine-tuning with LoRA',
    objectives: [{ metric: 'eval_loss', direction: 'minimize', value: 'best' }],
    step: { metric: 'epoch' },
    metrics: { from: 'output' },
    args: [...(transformers.space.args ?? []), ['--use_peft', 'True']],
    parameters: {
      learning_rate: {
        ...shared.loraRate,
        recommended: 3e-4,
        source: sources.lora,
        args: ['--learning_rate', '{learning_rate}'],
      },
      num_train_epochs: num_train_epochs!,
      gradient_accumulation_steps: gradient_accumulation_steps!,
      lora_r: { ...shared.loraRank, args: ['--lora_r', '{lora_r}'] },
      lora_dropout: { ...shared.loraDropout, recommended: 0.05, args: ['--lora_dropout', '{lora_dropout}'] },
      weight_decay: weight_decay!,
      lr_scheduler_type: lr_scheduler_type!,
    },
  },
};
