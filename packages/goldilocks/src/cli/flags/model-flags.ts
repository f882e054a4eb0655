// Flags that choose the base model and how it is addressed.
import type { Command } from 'commander';
import type { ModelOptions } from '../../journey/options.js';
import type { Template } from '../../workers/operations.js';
import { choice } from '../values.js';

export interface ModelFlags {
  model?: string;
  template?: Template;
}

export function addModelFlags(command: Command): Command {
  return command
    .optionsGroup('Model:')
    .option(
      '--model <model>',
      'a shipped model, the folder of a Hugging Face model, a .gguf file, or owner/name on the Hugging Face Hub (default: goldilocks-base)',
    )
    .option('--template <template>', 'how examples are laid out: plain or chat', choice(['plain', 'chat']));
}

export function modelOptions({ model, template }: ModelFlags): ModelOptions {
  return { model, template };
}
