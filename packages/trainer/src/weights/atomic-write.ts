// Writes a file so that its path holds either the old content or the whole new one, also after a crash or a power cut.
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OutputError } from '../errors.js';

/**
 * Runs `write` on a temporary file in the same folder (made if missing), flushes it to the disk and renames it to `path`.
 * @throws OutputError where the file system refuses; the temporary file is removed then. Errors of `write` itself pass through.
 */
export async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to tell
    throw asOutputError(error, path);
  }
}

/** A name beside `path` that no one else uses. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
}

/** Writes all bytes: the system may take fewer than it is given. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, Math.min(2 ** 30, bytes.length - done))).bytesWritten;
  }
}

/** Makes renames within a folder last through a power cut. Windows can neither open folders nor needs it. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const remedies: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space or choose another folder',
  EDQUOT: 'the disk quota is used up. Free some space or choose another folder',
  EFBIG: 'the file would be larger than the system allows. Choose another folder',
  EACCES: 'writing there is not permitted. Choose another folder or change its permissions',
  EPERM: 'writing there is not permitted. Choose another folder or change its permissions',
  EROFS: 'that disk is read-only. Choose another folder',
  ENOTDIR: 'a part of that path is a file, not a folder. Choose another folder',
  EEXIST: 'something is in the way. Choose another folder',
  ENOTEMPTY: 'the folder is already in use. Choose another one',
  EISDIR: 'a folder of that name is in the way. Choose another name',
  EIO: 'the disk reported a failure. Check it, or choose another one',
};

/** The same failure as a sentence, where it came from the file system; any other error as it is. */
export function asOutputError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined || !Object.hasOwn(remedies, code)) return error;
  return new OutputError(`${path} could not be written: ${remedies[code]}.`, { cause: error });
}
