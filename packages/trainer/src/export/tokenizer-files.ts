// The files of a tokenizer, from the base model's folder, for a folder that holds a model trained from it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFormatError } from '../errors.js';
import { readJsonFile } from '../text/json-file.js';
import { TextTokenizer } from '../text/tokenizer.js';
import { stringifyWithFloats } from './json-with-floats.js';

const verbatim = ['tokenizer.json', 'tokenizer.model', 'special_tokens_map.json', 'added_tokens.json'];
const licences = ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'NOTICE'];
const maxConfigBytes = 20_000_000;

/** Content by file name. The chat template is written in both places that readers look for it. Throws ModelFormatError, TextError. */
export function tokenizerFiles(folder: string): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>();
  for (const name of [...verbatim, ...licences]) {
    if (existsSync(join(folder, name))) files.set(name, readFileSync(join(folder, name)));
  }
  if (!files.has('tokenizer.json'))
    throw new ModelFormatError(`${folder} has no tokenizer.json to write beside the model.`);
  const template = TextTokenizer.load(folder).chatTemplate?.source;
  if (template !== undefined) files.set('chat_template.jinja', template);
  files.set('tokenizer_config.json', tokenizerConfig(folder, template));
  return files;
}

/** The same file in words that Transformers 4 knows too, without what only described the place it was loaded from. */
function tokenizerConfig(folder: string, template: string | undefined): string {
  const original = readJsonFile(join(folder, 'tokenizer_config.json'), maxConfigBytes) ?? {};
  const { backend, is_local, local_files_only, name_or_path, chat_template, ...kept } = original;
  const known = typeof kept.tokenizer_class === 'string' && kept.tokenizer_class !== 'TokenizersBackend';
  const written = {
    ...kept,
    tokenizer_class: known ? kept.tokenizer_class : 'PreTrainedTokenizerFast',
    chat_template: template,
  };
  return `${stringifyWithFloats(written, new Set())}\n`;
}
