// Writes one snapshot so that it is there as a whole or not at all, whatever happens in between.

import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FileOperations } from './file-operations.js';
import { formatManifest, type ManifestFile, manifestName, stateName, tensorsName } from './manifest.js';
import { verifySnapshot } from './read-snapshot.js';
import { temporaryName } from './temporary.js';

export interface SnapshotContents {
  /** Optimizer steps done. */
  step: number;
  /** Written one after the other; they may be views, and must not change meanwhile. */
  tensors: Iterable<{ name: string; data: Float32Array }>;
  /** Everything else, as JSON has it (no NaN, no Infinity). */
  json: unknown;
}

const pieceBytes = 8 * 2 ** 20;

/**
 * Files in a temporary directory, each forced to the disk, the manifest last; all read back and compared; then renamed.
 * @param name of the snapshot inside `directory`, not in use
 * @throws the operating system's error; the temporary directory is removed then, if that is possible
 */
export async function writeSnapshot(
  files: FileOperations,
  directory: string,
  name: string,
  contents: SnapshotContents,
): Promise<void> {
  const temporary = join(directory, temporaryName(randomBytes(4).toString('hex')));
  try {
    await files.makeDirectory(temporary);
    await writeFiles(files, temporary, contents);
    await verifySnapshot(files, temporary);
    await files.rename(temporary, join(directory, name));
  } catch (error) {
    await files.remove(temporary).catch((second: Error) => {
      throw new AggregateError([error, second], `${(error as Error).message}; and ${temporary} could not be removed`);
    });
    throw error;
  }
  await files.syncDirectory(directory);
}

async function writeFiles(files: FileOperations, directory: string, contents: SnapshotContents): Promise<void> {
  const layout: { name: string; length: number }[] = [];
  function* pieces(): Iterable<Uint8Array> {
    for (const { name, data } of contents.tensors) {
      layout.push({ name, length: data.length });
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
  }
  const tensors = await writeFile(files, join(directory, tensorsName), pieces());
  const state = await writeFile(files, join(directory, stateName), [Buffer.from(JSON.stringify(contents.json))]);
  const manifest = formatManifest({ step: contents.step, state, tensors, layout });
  await writeFile(files, join(directory, manifestName), [Buffer.from(manifest)]);
  await files.syncDirectory(directory);
}

async function writeFile(files: FileOperations, path: string, parts: Iterable<Uint8Array>): Promise<ManifestFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await files.create(path);
  try {
    for (const part of parts) {
      for (let start = 0; start < part.length; start += pieceBytes) {
        const piece = part.subarray(start, start + pieceBytes);
        // Hashing goes on while the system writes.
        const written = file.write(piece);
        hash.update(piece);
        await written;
        bytes += piece.length;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
