// Flags that choose the base model and how it is addressed.
import type { Command } from 'commander';
import { UserError } from '../../errors.js';
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
    .option('--model <model>', 'a shipped model or the folder of a Hugging Face model (default: goldilocks-base)')
    .option('--template <template>', 'how examples are laid out: plain or chat', choice(['plain', 'chat']));
}

export function modelOptions({ model, template }: ModelFlags): ModelOptions {
  if (model !== undefined) refuseUnsupported(model);
  return { model, template };
}

/** Names that cannot be opened yet get their own sentence, not that of a missing folder. */
export function refuseUnsupported(model: string): void {
  if (/\.gguf$/i.test(model)) {
    throw new UserError(
      `${model} is a GGUF file, which this version cannot read. Give a folder in Hugging Face format.`,
    );
  }
}
