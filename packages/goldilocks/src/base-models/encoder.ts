// Encoders classify: before one can be trained it must know the classes of the data, which its folder does not say.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { encoderModelTypes, wantedLabelsKey } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic.js';
import { readJson } from '../state/json.js';

interface Config {
  model_type?: unknown;
  architectures?: unknown;
  id2label?: unknown;
}

const configOf = (directory: string) => readJson<Config>(join(directory, 'config.json'));

export async function isEncoder(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, 'config.json'))) return false; // a GGUF file, or nothing that the engine opens
  const config = await configOf(directory);
  return encoderModelTypes.includes(config?.model_type as string);
}

/**
 * A folder of the same encoder for these labels: the model's own where it was trained for all of them, else one in `cache` with links to
 * its files and a configuration that names the labels.
 * @throws UserError where there are no labels
 */
export async function encoderFor(
  directory: string,
  labels: readonly string[] | undefined,
  cache: string,
): Promise<string> {
  const name = basename(directory);
  if (labels === undefined) {
    throw new UserError(
      `The model ${name} is an encoder: it tells labels apart, and these data have none. Give rows of text and label, or a model that writes text.`,
    );
  }
  const config = (await configOf(directory)) ?? {};
  const known = trainedLabels(config);
  if (labels.every((label) => known.has(label))) return directory;
  const hash = createHash('sha256')
    .update(JSON.stringify([directory, config, labels]))
    .digest('hex')
    .slice(0, 24);
  const folder = join(cache, 'classifiers', hash, name);
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(directory)) {
    if (entry !== 'config.json') await link(join(directory, entry), join(folder, entry));
  }
  // Last: a folder without a configuration is no model yet.
  await writeFileAtomic(join(folder, 'config.json'), JSON.stringify({ ...config, [wantedLabelsKey]: labels }));
  return folder;
}

function trainedLabels({ architectures, id2label }: Config): Set<unknown> {
  const isTrained =
    Array.isArray(architectures) && architectures.some((each) => /ForSequenceClassification$/.test(each));
  return new Set(isTrained && typeof id2label === 'object' && id2label !== null ? Object.values(id2label) : []);
}

/** A link, or a copy where the system allows none. */
async function link(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await symlink(from, to).catch(() => cp(from, to, { recursive: true }));
}
