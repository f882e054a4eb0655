// Reads a study's log of events, and goes on reading as it grows.
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsFile } from './event-log.js';
import { type LoggedEvent, parseLines } from './lines.js';

/** Bytes read at a time. */
const chunk = 1024 * 1024;

/**
 * A reader's place in a log. Each `read` gives what is new since the last one, in order and each line once, also when the
 * log was rewritten meanwhile. A log that is not there (yet) is empty.
 */
export class LogReader {
  readonly #path: string;
  #inode = 0;
  #offset = 0;
  #seq: number;

  /** @param after lines up to this `seq` are passed over */
  constructor(studyFolder: string, after = 0) {
    this.#path = join(studyFolder, eventsFile);
    this.#seq = after;
  }

  /** The last line read. */
  get seq(): number {
    return this.#seq;
  }

  async read(): Promise<LoggedEvent[]> {
    const file = await openIfThere(this.#path);
    if (file === undefined) return [];
    try {
      const { ino, size } = await file.stat();
      if (ino !== this.#inode || size < this.#offset) this.#offset = 0;
      this.#inode = ino;
      return size === this.#offset ? [] : await this.#readFrom(file, size);
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle, size: number): Promise<LoggedEvent[]> {
    const found: LoggedEvent[] = [];
    let rest = Buffer.alloc(0);
    for (let at = this.#offset; at < size; ) {
      const buffer = Buffer.alloc(Math.min(chunk, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = rest.lastIndexOf(10) + 1; // the line that is being written comes next time
      found.push(...parseLines(rest.toString('utf8', 0, end)).filter(({ seq }) => seq > this.#seq));
      this.#seq = found.at(-1)?.seq ?? this.#seq;
      this.#offset += end;
      rest = rest.subarray(end);
    }
    return found;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
