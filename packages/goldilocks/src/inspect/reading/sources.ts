// From the path a person gives to the files to read, with their format and, in a folder, their split.
import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { repositoryNamed } from '../../hub/repository.js';
import { type SnapshotOptions, snapshot } from '../../hub/snapshot.js';
import { excerpt } from '../../terminal/strip-control.js';
import { type DataFormat, type SplitName, splitNames } from '../types.js';
import { readDelimited } from './delimited.js';
import { readJsonArray } from './json-array.js';
import { readJsonLines } from './json-lines.js';
import { readParquet } from './parquet.js';
import type { RowSource } from './record.js';
import { splitFromName } from './split-name.js';

export interface DataFile {
  path: string;
  /** For messages: the file's name, stripped of control characters. */
  name: string;
  format: DataFormat;
  /** By the file's name, in a folder only. */
  split?: SplitName;
}

const extensions: Record<string, DataFormat> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.parquet': 'parquet',
};

/** The rows of a file, as they stand. */
export function readRows(file: DataFile): RowSource {
  if (file.format === 'parquet') return readParquet(file.path, file.name);
  if (file.format === 'jsonl') return readJsonLines(file.path);
  if (file.format === 'json') return readJsonArray(file.path, file.name);
  return readDelimited(file.path, file.name);
}

/**
 * The files a path stands for: itself, or those of a folder named train…, validation… or test… (or its only data file). The id of a
 * dataset on the Hugging Face Hub stands for its files, downloaded once.
 * @throws UserError when there is nothing to read, or a file is empty or not data.
 */
export async function locate(given: string, options: SnapshotOptions = {}): Promise<DataFile[]> {
  const dataset = repositoryNamed(given, 'dataset');
  const path = dataset ? await snapshot(dataset, options) : given;
  const info = await statOf(path);
  if (!info.isDirectory()) return [await describeFile(path)];
  const found = (await filesIn(path)) ?? (await filesIn(join(path, 'data')));
  if (found !== undefined) return Promise.all(found.map(({ path: file, split }) => describeFile(file, split)));
  throw new UserError(
    `${excerpt(path, 200)} is a folder without data files I know. Name them train, validation and test with the ending .jsonl, .json, .csv, .tsv or .parquet, or give one file.`,
  );
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>>> {
  const shown = excerpt(path, 200);
  try {
    if (path.includes('\0')) throw new UserError(`${shown} is not a file name.`);
    const info = await stat(path);
    if (info.isFile() || info.isDirectory()) return info;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const missing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw new UserError(
      missing
        ? `There is no file or folder ${shown}. Check the path; it is looked up from ${process.cwd()}.`
        : `${shown} cannot be opened: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  throw new UserError(`${shown} is neither a file nor a folder.`);
}

async function filesIn(folder: string): Promise<{ path: string; split?: SplitName }[] | undefined> {
  const entries = await readdir(folder).catch(() => []);
  const data = entries.filter((name) => extensions[extname(name).toLowerCase()] !== undefined).sort();
  const named = data.map((name) => ({ path: join(folder, name), split: splitFromName(name) }));
  const splits = named.filter((file) => file.split !== undefined);
  const rank = (file: { split?: SplitName }): number => splitNames.indexOf(file.split ?? 'train');
  if (splits.some((file) => file.split === 'train')) return splits.sort((a, b) => rank(a) - rank(b));
  return data.length === 1 ? [{ path: join(folder, data[0]!) }] : undefined;
}

async function describeFile(path: string, split?: SplitName): Promise<DataFile> {
  const name = excerpt(basename(path), 120);
  const head = await readHead(path, name);
  if (head.length === 0) throw new UserError(`${name} is empty. A data file needs at least 10 rows.`);
  return { path, name, format: formatOf(path, head, name), ...(split && { split }) };
}

async function readHead(path: string, name: string): Promise<Buffer> {
  const handle = await open(path).catch((error: unknown) => {
    throw new UserError(`${name} cannot be opened: ${(error as Error).message}.`, { cause: error });
  });
  try {
    const buffer = Buffer.alloc(64 * 1024);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** By what the file holds where that is plain, else by its ending. */
function formatOf(path: string, head: Buffer, name: string): DataFormat {
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const byName = extensions[extname(path).toLowerCase()];
  if (byName === 'parquet') throw new UserError(`${name} is not a Parquet file: it does not begin with PAR1.`);
  refuseBinary(head, name);
  const start = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start === '') throw new UserError(`${name} holds only white space. A data file needs at least 10 rows.`);
  if (byName === 'csv' || byName === 'tsv') return byName;
  if (byName === 'jsonl') return start.startsWith('[') ? 'json' : 'jsonl';
  if (start.startsWith('[')) return 'json';
  if (start.startsWith('{')) return isJsonLines(start) ? 'jsonl' : 'json';
  if (byName === 'json') return 'json';
  throw new UserError(
    `${name} is in no format I know. Give JSON Lines (.jsonl), JSON, CSV, TSV or Parquet; a plain text can be saved as one {"text": "…"} a line.`,
  );
}

function refuseBinary(head: Buffer, name: string): void {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff) {
    throw new UserError(`${name} is UTF-16 text. Save it as UTF-8 ("CSV UTF-8" in a spreadsheet) and try again.`);
  }
  if (!head.includes(0)) return;
  throw new UserError(`${name} is a binary file, not text. Give JSON Lines, JSON, CSV, TSV or Parquet.`);
}

/** A first line that is a whole object, and more after it, means one object a line; else it is one JSON document. */
function isJsonLines(start: string): boolean {
  const end = start.indexOf('\n');
  if (end < 0 || start.slice(end).trim() === '') return false;
  try {
    JSON.parse(start.slice(0, end));
    return true;
  } catch {
    return false;
  }
}
