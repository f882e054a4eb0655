// Finds the folder or the file of a base model by what a person calls it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.js';

export const defaultModel = 'goldilocks-base';

/** An owner and a name, as on the Hugging Face Hub. */
const hubId = /^[\w-]+\/[\w.-]+$/;

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
 * Where a base model is: by a shipped model's name, or the path of a Hugging Face directory or a GGUF file.
 * @throws UserError where there is none, saying what was looked for
 */
export function locateModel(model: string): string {
  const shipped = /^[\w.-]+$/.test(model) ? shippedDirectory(model) : undefined;
  if (shipped !== undefined && !existsSync(model)) return shipped;
  const path = resolve(model);
  if (!existsSync(path) && hubId.test(model)) {
    throw new UserError(
      `There is no folder ${model}. If it is a model on the Hugging Face Hub: this version downloads nothing; fetch it ` +
        `(hf download ${model} --local-dir FOLDER) and give the folder.`,
    );
  }
  if (!existsSync(path)) {
    const names = shippedModels().join(', ') || 'none in this installation';
    throw new UserError(
      `There is no model «${model}»: neither a folder of that name nor a shipped model (${names}). ` +
        'Give the folder of a model in Hugging Face format, or a GGUF file, with --model.',
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
