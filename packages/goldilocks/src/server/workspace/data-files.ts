// Data files of the workspace, and paths inside it that a person names.
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { DataFile } from '@goldilocks/protocol/page';
import { HttpError } from '../../http/http-error.js';
import { excerpt } from '../../terminal/strip-control.js';

export const dataEndings = ['.jsonl', '.json', '.csv', '.tsv', '.parquet'];

/** Where the page's uploads go, inside the workspace. */
export const uploadFolder = 'goldilocks-data';

/** Files that are no data although their ending is one of data. */
const notData =
  /^(package(-lock)?|tsconfig.*|config|report|run|journey|tokenizer.*|.*_config|special_tokens_map|vocab)\.json$/i;
const most = 300;

/** At most three levels down, the newest first. */
export async function dataFiles(workspace: string): Promise<DataFile[]> {
  const paths = await find(workspace, 3);
  const files = await Promise.all(paths.map((path) => describeFile(workspace, path)));
  return files.sort((a, b) => (a.modifiedAt < b.modifiedAt ? 1 : -1)).slice(0, most);
}

async function find(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // one that may not be read has none
  // A folder of a model or a result has JSON files, but no data.
  if (entries.some(({ name }) => name.endsWith('.safetensors'))) return [];
  const files = entries.filter((entry) => entry.isFile() && isData(entry.name)).map(({ name }) => join(folder, name));
  if (depth === 0) return files;
  const inner = entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name));
  const deeper = await Promise.all(inner.map(({ name }) => find(join(folder, name), depth - 1)));
  return [...files, ...deeper.flat()];
}

function isData(name: string): boolean {
  return (
    !name.startsWith('.') && !notData.test(name) && dataEndings.some((ending) => name.toLowerCase().endsWith(ending))
  );
}

export async function describeFile(workspace: string, path: string): Promise<DataFile> {
  const { size, mtime } = await stat(path);
  const shown = relative(workspace, path);
  return {
    path: shown,
    bytes: size,
    modifiedAt: mtime.toISOString(),
    uploaded: shown.startsWith(uploadFolder + sep),
  };
}

/** A path that a person gave, which must lie in the workspace. @throws HttpError 403 */
export function insideWorkspace(workspace: string, given: string): string {
  const path = resolve(workspace, given);
  if (path === workspace || path.startsWith(workspace + sep)) return path;
  throw new HttpError(
    403,
    `«${excerpt(given, 120)}» lies outside the folder ${workspace}.`,
    'Bring the file in, or start goldilocks serve in the folder where it lies.',
  );
}
