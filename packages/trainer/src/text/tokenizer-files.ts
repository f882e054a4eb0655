// The files that describe a tokenizer, from a model's folder or made from a GGUF file.
import { join } from 'node:path';
import { ModelFormatError } from '../errors.js';
import { chatTemplateSource } from './chat-template.js';
import { readJsonFile } from './json-file.js';

const maxTokenizerBytes = 200_000_000;
const maxConfigBytes = 20_000_000;

export interface TokenizerFiles {
  /** Where they come from, for messages: a folder or a file. */
  place: string;
  /** The content of tokenizer.json. */
  json: Record<string, unknown>;
  /** The content of tokenizer_config.json; may be empty. */
  config: Record<string, unknown>;
  /** The Jinja text of the chat template. */
  chatTemplate?: string;
}

/** Reads tokenizer.json, tokenizer_config.json and the chat template of a folder. Throws ModelFormatError where one is missing or damaged. */
export function readTokenizerFiles(folder: string): TokenizerFiles {
  const file = join(folder, 'tokenizer.json');
  const json = readJsonFile(file, maxTokenizerBytes);
  if (!json) throw new ModelFormatError(`${file} is missing. A model's folder needs its tokenizer in this file.`);
  const config = readJsonFile(join(folder, 'tokenizer_config.json'), maxConfigBytes) ?? {};
  return { place: folder, json, config, chatTemplate: chatTemplateSource(folder, config) };
}
