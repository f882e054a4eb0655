// Which files of a repository are fetched, and that their names lead nowhere else.
import { extname } from 'node:path';
import { UserError } from '../errors.js';
import { splitFromName } from '../inspect/reading/split-name.js';
import { excerpt } from '../terminal/strip-control.js';
import type { HubFile } from './hub-file.js';
import type { Repository } from './repository.js';

const companions =
  /^(config\.json|generation_config\.json|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|chat_template\.jinja|model\.safetensors\.index\.json|README\.md|(LICENSE|NOTICE)(\.txt|\.md)?)$/;
const weights = /^model(-\d{5}-of-\d{5})?\.safetensors$/;
const dataFile = /\.(jsonl|ndjson|json|csv|tsv|tab|parquet)$/i;

/**
 * The files that a model or a dataset is used from, of all that its repository holds.
 * @throws UserError where there are none, or a name is not one that a file may have
 */
export function chooseFiles(repository: Repository, files: readonly HubFile[]): HubFile[] {
  const chosen = repository.kind === 'model' ? modelFiles(repository, files) : datasetFiles(repository, files);
  for (const { path, hash, size } of chosen) {
    if (isSafe(path) && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) && Number.isSafeInteger(size) && size >= 0) continue;
    throw new UserError(
      `${repository.id} on the Hub lists the file ${excerpt(JSON.stringify(path), 120)}, which has no name, size or hash that a file can have. Nothing was fetched.`,
    );
  }
  return chosen;
}

function modelFiles({ id, file }: Repository, files: readonly HubFile[]): HubFile[] {
  if (file !== undefined) {
    const found = files.filter(({ path }) => path === file);
    if (found.length > 0) return found;
    throw new UserError(`${id} on the Hub has no file ${file}. It has ${listOf(files, /\.gguf$/)}.`);
  }
  const chosen = files.filter(({ path }) => companions.test(path) || weights.test(path));
  if (!chosen.some(({ path }) => path === 'config.json') || !chosen.some(({ path }) => weights.test(path))) {
    const gguf = files.some(({ path }) => /^[^/]+\.gguf$/.test(path));
    const advice = gguf ? ` Give one of its files: ${id}/FILE.gguf, of ${listOf(files, /^[^/]+\.gguf$/)}.` : '';
    throw new UserError(
      `${id} on the Hub holds no config.json with model.safetensors. Pickled weights (*.bin) are not read, because they can run code.${advice}`,
    );
  }
  return chosen;
}

/** Data files at the top or in `data`: those of splits, or the only one. */
function datasetFiles({ id }: Repository, files: readonly HubFile[]): HubFile[] {
  const data = files.filter(({ path }) => /^(data\/)?[^/]+$/.test(path) && dataFile.test(path));
  const named = data.filter(({ path }) => splitFromName(path.slice(path.lastIndexOf('/') + 1)) !== undefined);
  const chosen = named.length > 0 ? named : data.length === 1 ? data : [];
  if (chosen.length > 0) return chosen;
  throw new UserError(
    `The dataset ${id} on the Hub has no files named train, validation or test (${listOf(data, /./)}). Download the ones you mean and give their folder.`,
  );
}

function listOf(files: readonly HubFile[], pattern: RegExp): string {
  const names = files.map(({ path }) => path).filter((path) => pattern.test(path));
  const shown = names.slice(0, 5).map((name) => excerpt(name, 60));
  return names.length === 0 ? 'none' : `${shown.join(', ')}${names.length > 5 ? ' …' : ''}`;
}

/** A relative path of ordinary names: nothing that leaves a folder, on any system. */
export function isSafe(path: string): boolean {
  const parts = path.split('/');
  const ordinary = (name: string) => /^[\w][\w .+@()=,-]*$/.test(name) && !/[. ]$/.test(name) && name.length <= 200;
  return parts.length <= 8 && extname(path).length <= 20 && parts.every(ordinary);
}
