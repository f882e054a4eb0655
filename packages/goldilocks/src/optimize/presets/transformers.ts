// Scripts that read the Hugging Face Trainer's TrainingArguments from their command line.
import { type Preset, sources } from './preset.js';
import { shared } from './shared.js';

export const transformers: Preset = {
  name: 'transformers',
  tool: 'Hugging Face Trainer (TrainingArguments)',
  version: 'transformers 5.23',
  source: 'https://huggingface.co/docs/transformers/main_classes/trainer',
  example:
    'python run_clm.py --model_name_or_path MODEL --train_file train.txt --validation_file valid.txt --do_train --do_eval',
  space: {
    title: 'Hugging Face Trainer, every weight trained',
    objectives: [{ metric: 'eval_loss', direction: 'minimize', value: 'best' }],
    step: { metric: 'epoch' },
    metrics: { from: 'output' },
    args: [
      ['--output_dir', '{trial_dir}/output'],
      ['--eval_strategy', 'epoch'],
      ['--save_strategy', 'no'],
      ['--report_to', 'none'],
      ['--seed', '{seed}'],
    ],
    parameters: {
      learning_rate: {
        type: 'float',
        low: 1e-6,
        high: 2e-4,
        log: true,
        recommended: 2e-5,
        confidence: 0.5,
        source: sources.full,
        args: ['--learning_rate', '{learning_rate}'],
      },
      num_train_epochs: { ...shared.epochs, args: ['--num_train_epochs', '{num_train_epochs}'] },
      gradient_accumulation_steps: {
        ...shared.accumulation,
        recommended: 2,
        args: ['--gradient_accumulation_steps', '{gradient_accumulation_steps}'],
      },
      weight_decay: { ...shared.decay, args: ['--weight_decay', '{weight_decay}'] },
      lr_scheduler_type: {
        ...shared.schedule,
        choices: ['linear', 'cosine', 'constant'],
        recommended: 'linear',
        args: ['--lr_scheduler_type', '{lr_scheduler_type}'],
      },
    },
  },
};
