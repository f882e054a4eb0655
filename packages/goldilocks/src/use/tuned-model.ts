// Finds a model to use by what a person calls it, and the base model it came from.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { locateModel, shippedModels } from '../base-models/locate.js';
import { UserError } from '../errors.js';
import type { SnapshotOptions } from '../hub/snapshot.js';
import { readJson } from '../state/json.js';
import type { Template } from '../workers/operations.js';

/** The folder of a model to use: a result, a Hugging Face directory, an adapter's, or a shipped model. */
export function modelFolder(model: string, options?: SnapshotOptions): Promise<string> {
  return locateModel(model, options);
}

/** The folder with configuration and tokenizer: an adapter's are its base model's. */
export async function tokenizerFolder(folder: string): Promise<string> {
  return existsSync(join(folder, 'adapter_config.json')) ? baseOf(folder) : folder;
}

/** What a result's folder says of where it comes from. */
export interface Origin {
  base?: { name: string; hash?: string; directory?: string };
  /** How examples were laid out in training. */
  template?: Template;
}

interface ResultFile {
  baseModel?: Origin['base'];
  reproduce?: { template?: Template };
}

/** Reads it from the files beside the weights; empty for a model that Goldilocks didn't make. */
export async function originOf(folder: string): Promise<Origin> {
  for (const file of ['run.json', 'report.json']) {
    const content = await readJson<ResultFile>(join(folder, file));
    if (content?.baseModel === undefined) continue;
    const directory = await adapterBase(join(folder, 'adapter'));
    return { base: { directory, ...content.baseModel }, template: content.reproduce?.template };
  }
  const directory = await adapterBase(folder);
  return directory === undefined ? {} : { base: { name: directory, directory } };
}

/**
 * The folder of a tuned model's base: the one given, or the one that the tuned model's folder names.
 * @throws UserError where it is not known, or not there any more
 */
export async function baseOf(folder: string, given?: string): Promise<string> {
  if (given !== undefined) return locateModel(given);
  const { base } = await originOf(folder);
  if (base?.directory !== undefined && existsSync(base.directory)) return base.directory;
  if (base !== undefined && shippedModels().includes(base.name)) return locateModel(base.name);
  const which =
    base === undefined ? 'does not say what its base model is' : `comes from ${base.name}, which is not here`;
  throw new UserError(`${folder} ${which}. Give the base model's folder: --base FOLDER.`);
}

async function adapterBase(folder: string): Promise<string | undefined> {
  const config = await readJson<{ base_model_name_or_path?: string }>(join(folder, 'adapter_config.json'));
  return config?.base_model_name_or_path;
}
