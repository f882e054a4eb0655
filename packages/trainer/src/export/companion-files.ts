// The files of a tokenizer, from the base model's folder, for a folder that holds a model trained from it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFormatError } from '../errors.js';
import { isGgufFile, openTokenizer } from '../models/model-source.js';
import { TextTokenizer } from '../text/tokenizer.js';
import type { TokenizerFiles } from '../text/tokenizer-files.js';
import { stringifyWithFloats } from './json-with-floats.js';

const verbatim = ['tokenizer.json', 'tokenizer.model', 'special_tokens_map.json', 'added_tokens.json'];
const licences = ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'NOTICE'];

/**
 * Tokenizer and licence by file name; the chat template is written in both places that readers look for it.
 * @param base the folder of the base model, or its GGUF file
 * @throws ModelFormatError, TextError
 */
export function companionFiles(base: string): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>();
  const tokenizer = openTokenizer(base);
  if (!tokenizer) throw new ModelFormatError(`${base} has no tokenizer to write beside the model.`);
  TextTokenizer.from(tokenizer); // throws where it is damaged
  files.set('tokenizer.json', JSON.stringify(tokenizer.json));
  if (tokenizer.chatTemplate !== undefined) files.set('chat_template.jinja', tokenizer.chatTemplate);
  files.set('tokenizer_config.json', tokenizerConfig(tokenizer));
  return new Map([...files, ...existing(base, verbatim), ...licenceFiles(base)]);
}

/** The licence of a base model, by file name; empty where none lies beside it. */
export const licenceFiles = (base: string): Map<string, Uint8Array> => existing(base, licences);

function existing(base: string, names: readonly string[]): Map<string, Uint8Array> {
  if (isGgufFile(base)) return new Map();
  const found = names.filter((name) => existsSync(join(base, name)));
  return new Map(found.map((name) => [name, readFileSync(join(base, name))]));
}

/** The same file in words that Transformers 4 knows too, without what only described the place it was loaded from. */
function tokenizerConfig({ config: original, chatTemplate: template }: TokenizerFiles): string {
  const { backend, is_local, local_files_only, name_or_path, chat_template, ...kept } = original;
  const known = typeof kept.tokenizer_class === 'string' && kept.tokenizer_class !== 'TokenizersBackend';
  const written = {
    ...kept,
    tokenizer_class: known ? kept.tokenizer_class : 'PreTrainedTokenizerFast',
    chat_template: template,
  };
  return `${stringifyWithFloats(written, new Set())}\n`;
}
