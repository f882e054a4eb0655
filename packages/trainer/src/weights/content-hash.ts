// Identifies weights by their content.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ModelFormatError } from '../errors.js';
import { writeAll, writeAtomically } from './atomic-write.js';

/** sha256 of files' contents, hexadecimal. Reads them whole. */
export async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  try {
    for (const file of files) {
      for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 22 })) hash.update(chunk as Buffer);
    }
  } catch (error) {
    throw new ModelFormatError(`${files.join(', ')} could not be read: ${(error as Error).message}.`, { cause: error });
  }
  return hash.digest('hex');
}

/**
 * `hashFiles`, remembered in `cacheFolder` for files of the same path, size and time of change, so that large weights
 * are read for it only once.
 */
export async function cachedHash(files: readonly string[], cacheFolder: string): Promise<string> {
  const note = join(cacheFolder, `hash-${await stateOf(files)}.txt`);
  const known = await readFile(note, 'utf8').catch(() => ''); // an unreadable note only means reading the weights again
  if (/^[0-9a-f]{64}$/.test(known)) return known;
  const hash = await hashFiles(files);
  await writeAtomically(note, (file) => writeAll(file, Buffer.from(hash)));
  return hash;
}

async function stateOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeNs, ino } = await stat(file, { bigint: true });
    hash.update(`${resolve(file)}\0${size}\0${mtimeNs}\0${ino}\0`);
  }
  return hash.digest('hex').slice(0, 32);
}
