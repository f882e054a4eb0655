// The few file operations that checkpoints are made of, so that tests can make each of them fail.

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WritableFile {
  /** Appends all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when what was written is on the disk. After a failure the file must be given up: a second try may falsely succeed. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableFile {
  size: number;
  /** Fills `into` from `position`. @throws where the file ends before */
  read(into: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

/** Every method rejects with the operating system's error (`code` set). */
export interface FileOperations {
  /** Creates a directory and those above it; an existing one is fine. */
  makeDirectory(path: string): Promise<void>;
  /** Creates a file that must not exist yet. */
  create(path: string): Promise<WritableFile>;
  open(path: string): Promise<ReadableFile>;
  /** Names in a directory, in no particular order; none where it does not exist. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a directory with all in it; a missing one is fine. */
  remove(path: string): Promise<void>;
  /** Returns when creations and renames in this directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeFiles: FileOperations = {
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true });
    if (first !== undefined) await nodeFiles.syncDirectory(dirname(first));
  },

  async create(path) {
    const handle = await open(path, 'wx');
    return {
      async write(bytes) {
        for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },

  async open(path) {
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return {
      size,
      async read(into, position) {
        for (let done = 0; done < into.length; ) {
          const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
          if (bytesRead === 0) throw new Error(`${path} ends at byte ${position + done}`);
          done += bytesRead;
        }
      },
      close: () => handle.close(),
    };
  },

  async list(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },

  rename,

  remove: (path) => rm(path, { recursive: true, force: true }),

  async syncDirectory(path) {
    // Windows cannot open a directory; its file system journals renames by itself.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
