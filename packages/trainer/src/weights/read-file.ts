// Reads pieces of weight files, which may be cut short, unreadable, or no files at all.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ModelFormatError } from '../errors.js';
import type { TensorInfo } from './model-weights.js';

/** Node refuses to read more than 2 GiB at once. */
const readChunk = 2 ** 30;

/** An opened regular file. */
export interface OpenedFile {
  /** Its path, for messages. */
  path: string;
  /** Bytes. */
  size: number;
  /** Fills `target` from `position`. Throws ModelFormatError where the file ends before. */
  fill(target: Uint8Array, position: number): void;
}

/** Opens a file for the time of `work`. Throws ModelFormatError where it cannot be read or is no regular file; errors of `work` pass. */
export function withFile<T>(path: string, work: (file: OpenedFile) => T): T {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new ModelFormatError(`${path} is not a regular file, so no weights can be read from it.`);
    const opened = descriptor;
    return work({ path, size: stat.size, fill: (target, position) => fill(opened, target, position, path) });
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    throw new ModelFormatError(`${path} could not be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Reads a tensor's bytes as they are stored. Throws ModelFormatError where the file has shrunk or cannot be read. */
export function readBytes({ file, offset, length }: TensorInfo): ArrayBuffer {
  const bytes = new Uint8Array(length);
  withFile(file, (opened) => opened.fill(bytes, offset));
  return bytes.buffer;
}

function fill(descriptor: number, target: Uint8Array, position: number, path: string): void {
  let done = 0;
  while (done < target.length) {
    const count = readSync(descriptor, target, done, Math.min(readChunk, target.length - done), position + done);
    if (count === 0)
      throw new ModelFormatError(`${path} became shorter while it was read. Download or write it again.`);
    done += count;
  }
}
