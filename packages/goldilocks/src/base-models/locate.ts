// Finds the folder or the file of a base model by what a person calls it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.js';
import { repositoryNamed } from '../hub/repository.js';
import { type SnapshotOptions, snapshot } from '../hub/snapshot.js';

export const defaultModel = 'goldilocks-base';

// In a checkout the models lie at the top; in an installed package beside `dist`.
const shippedFolders = ['../../models/', '../../../../models/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** Names of the base models that ship with Goldilocks. */
export function shippedModels(): string[] {
  const names = shippedFolders.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  return [...new Set(names)].filter((name) => shippedDirectory(name) !== undefined).sort();
}

/**
 * Where a base model is: by a shipped model's name, the path of a Hugging Face directory or a GGUF file, or its id on the Hugging Face
 * Hub, from where it is downloaded once (`owner/name`, `owner/name@revision`, `owner/name/file.gguf`).
 * @throws UserError where there is none, saying what was looked for
 */
export async function locateModel(model: string, options: SnapshotOptions = {}): Promise<string> {
  const shipped = /^[\w.-]+$/.test(model) ? shippedDirectory(model) : undefined;
  if (shipped !== undefined && !existsSync(model)) return shipped;
  const repository = repositoryNamed(model, 'model');
  if (repository) return snapshot(repository, options);
  const path = resolve(model);
  if (!existsSync(path)) {
    const names = shippedModels().join(', ') || 'none in this installation';
    throw new UserError(
      `There is no model «${model}»: neither a folder of that name nor a shipped model (${names}). ` +
        'Give the folder of a model in Hugging Face format, a GGUF file, or an id of the Hugging Face Hub (owner/name) with --model.',
    );
  }
  if (!statSync(path).isDirectory() && !/\.gguf$/i.test(path)) {
    throw new UserError(
      `The model ${model} is a file; give the folder that holds config.json and the safetensors, or a .gguf file.`,
    );
  }
  return path;
}

function shippedDirectory(name: string): string | undefined {
  return shippedFolders.map((folder) => join(folder, name)).find((path) => existsSync(join(path, 'config.json')));
}
