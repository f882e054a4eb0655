// Reads on in a file that grows.
import { open } from 'node:fs/promises';

/** So much is read at a time: a file may have grown by gigabytes. */
const CHUNK = 4 * 1024 * 1024;

/** Reads what has been added since the last call. */
export class Tail {
  readonly path: string;
  #position = 0;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The next bytes, at most 4 MiB; empty where there are none yet or the file is not there yet. `restarted` says that the
   * file was replaced by a shorter one and is read from its beginning.
   */
  async read(): Promise<{ bytes: Uint8Array; restarted: boolean }> {
    const file = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    });
    if (file === null) return { bytes: new Uint8Array(0), restarted: false };
    try {
      const { size } = await file.stat();
      const restarted = size < this.#position;
      if (restarted) this.#position = 0;
      const buffer = Buffer.alloc(Math.min(CHUNK, size - this.#position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#position);
      this.#position += bytesRead;
      return { bytes: buffer.subarray(0, bytesRead), restarted };
    } finally {
      await file.close();
    }
  }
}
