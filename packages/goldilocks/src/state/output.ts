// The folder a result is left in: filled beside its place and moved there whole.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { flushFolder } from './atomic.js';
import { writeError } from './file-errors.js';

/** Files that show a folder to be a result of ours, and so safe to replace when asked to. */
const marks = ['report.json', 'run.json'];

/**
 * Sees, before any work, that a result can be left at `path`: the folder is new or empty (or, with `overwrite`, holds
 * an earlier result) and its parent can be written. Throws UserError where not.
 */
export async function checkOutput(path: string, { overwrite = false } = {}): Promise<void> {
  const entries = await entriesOf(path);
  if (entries.length > 0) refuseUsed(path, entries, overwrite);
  const probe = partialPath(path);
  try {
    await mkdir(probe, { recursive: true });
    await rm(probe, { recursive: true, force: true });
  } catch (error) {
    throw writeError(path, error);
  }
}

function refuseUsed(path: string, entries: string[], overwrite: boolean): void {
  const isResult = marks.some((mark) => entries.includes(mark));
  if (overwrite && isResult) return;
  const advice = isResult
    ? 'Choose another folder with --out, or replace it with --overwrite'
    : 'Choose another folder with --out; Goldilocks replaces only folders that it made';
  throw new UserError(
    `The output folder ${path} is already in use (it holds ${entries.slice(0, 3).join(', ')}). ${advice}.`,
  );
}

/**
 * Lets `fill` write a new folder and then gives it the name `path`. On any failure nothing is left at `path` that was
 * not there before, and no partial folder either.
 */
export async function writeOutput(
  path: string,
  fill: (folder: string) => Promise<void>,
  options: { overwrite?: boolean } = {},
): Promise<void> {
  await checkOutput(path, options);
  const partial = partialPath(path);
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await fill(partial);
    await rm(path, { recursive: true, force: true });
    await rename(partial, path);
    await flushFolder(dirname(resolve(path)));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw writeError(path, error);
  }
}

function partialPath(path: string): string {
  const full = resolve(path);
  return join(dirname(full), `.${basename(full)}.partial-${process.pid}`);
}

async function entriesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR' && existsSync(path))
      throw new UserError(`The output ${path} is a file; a folder is needed. Choose another with --out.`);
    throw writeError(path, error);
  }
}

/** A folder in `folder` that is not in use yet: `name`, or with a number behind it. */
export async function freeOutput(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name}-${number}`);
    try {
      await checkOutput(path);
      return path;
    } catch (error) {
      if (!(error instanceof UserError) || number === 100) throw error;
    }
  }
}
