// Writes a folder so that it appears whole or not at all.
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OutputError } from '../errors.js';
import { asOutputError, flushFolder, temporaryName, writeAll, writeAtomically } from '../weights/atomic-write.js';

/**
 * Runs `write` on an empty temporary folder beside `folder`, then renames it to `folder`, which must not exist or be empty.
 * @throws OutputError where the folder is in use or the disk refuses; nothing is left behind. Errors of `write` pass through.
 */
export async function writeFolderAtomically(
  folder: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const path = resolve(folder);
  const temporary = temporaryName(path);
  try {
    await refuseUsed(path);
    await mkdir(temporary, { recursive: true });
    await write(temporary);
    await flushFolder(temporary);
    await refuseUsed(path);
    await rmdir(path).catch(ignoreMissing);
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined); // the first failure is the one to tell
    throw asOutputError(error, path);
  }
}

/** Writes small files of a folder, each flushed. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of files) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await writeAtomically(join(folder, name), (file) => writeAll(file, bytes));
  }
}

async function refuseUsed(path: string): Promise<void> {
  const entries = await readdir(path).catch(ignoreMissing);
  if (entries?.length) {
    throw new OutputError(
      `${path} is already in use: it holds ${entries.length} files. Choose another folder, or empty it first.`,
    );
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
