// Where a model comes from: a Hugging Face directory, or a GGUF file. Both are read into the same form.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelFormatError } from '../errors.js';
import { ggufTokenizer } from '../text/gguf/tokenizer-files.js';
import { readTokenizerFiles, type TokenizerFiles } from '../text/tokenizer-files.js';
import { ggufConfig } from '../weights/gguf/config.js';
import { GgufFile } from '../weights/gguf/gguf-file.js';
import type { ModelWeights } from '../weights/model-weights.js';
import { SafetensorsFile } from '../weights/safetensors.js';

export interface ModelSource {
  /** The content of config.json, not checked yet. */
  config: unknown;
  /** The file that it stands in. */
  configPath: string;
  weights: ModelWeights;
  /** Undefined where there is none. */
  tokenizer?: TokenizerFiles;
}

const maxConfigBytes = 10_000_000;

/** Whether the path is that of a GGUF file, rather than of a folder. */
export const isGgufFile = (path: string): boolean =>
  /\.gguf$/i.test(path) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

/**
 * @param path a Hugging Face directory, or a GGUF file
 * @throws ModelFormatError, TextError where it is neither, or damaged
 */
export function openSource(path: string): ModelSource {
  return isGgufFile(path) ? openGguf(path) : openDirectory(path);
}

/** The tokenizer of a Hugging Face directory or a GGUF file; undefined where there is none. Throws as `openSource`. */
export function openTokenizer(path: string): TokenizerFiles | undefined {
  if (isGgufFile(path)) return ggufTokenizer(GgufFile.open(path).keys);
  return existsSync(join(path, 'tokenizer.json')) ? readTokenizerFiles(path) : undefined;
}

function openGguf(path: string): ModelSource {
  const weights = GgufFile.open(path);
  return { config: ggufConfig(weights), configPath: path, weights, tokenizer: ggufTokenizer(weights.keys) };
}

function openDirectory(path: string): ModelSource {
  return {
    config: readConfig(path),
    configPath: join(path, 'config.json'),
    weights: SafetensorsFile.open(path),
    tokenizer: openTokenizer(path),
  };
}

function readConfig(directory: string): unknown {
  const path = join(directory, 'config.json');
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    throw new ModelFormatError(
      `${directory} has no config.json, so it is no model directory. Give a folder in Hugging Face format, or a GGUF file.`,
    );
  }
  if (size > maxConfigBytes) {
    throw new ModelFormatError(
      `${path} has ${size} bytes; at most ${maxConfigBytes} are read. It is no configuration.`,
    );
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ModelFormatError(`${path} is not valid JSON: ${(error as Error).message}. Download the model again.`);
  }
}
