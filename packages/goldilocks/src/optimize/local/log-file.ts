// What a command writes, kept in a file as it came, up to a limit.
import { type FileHandle, open } from 'node:fs/promises';
import { writeError } from '../../state/file-errors.js';

/** A command that fills the disk would end the whole search. */
const LARGEST_LOG = 256 * 1024 * 1024;

export class LogFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #limit: number;
  #written = 0;

  private constructor(path: string, file: FileHandle, limit: number) {
    this.#path = path;
    this.#file = file;
    this.#limit = limit;
  }

  /** Replaces a file that is there. Throws UserError where the disk refuses. */
  static async create(path: string, limit = LARGEST_LOG): Promise<LogFile> {
    try {
      return new LogFile(path, await open(path, 'w'), limit);
    } catch (error) {
      throw writeError(path, error);
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#written > this.#limit) return;
    this.#written += chunk.byteLength;
    const note = `\n[Goldilocks keeps ${this.#limit} bytes; the rest of this output is not here.]\n`;
    const kept = this.#written > this.#limit ? Buffer.concat([chunk, Buffer.from(note)]) : chunk;
    await this.#file.writeFile(kept).catch((error: unknown) => {
      throw writeError(this.#path, error);
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
