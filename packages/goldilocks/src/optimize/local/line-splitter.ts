// Splits a stream of bytes into lines, with bounded memory however long a line is.
import { StringDecoder } from 'node:string_decoder';

/** Characters of a line that are kept; what follows is dropped up to the line's end. */
export const LONGEST_LINE = 65_536;

/** Ends lines at \n, \r\n and \r, as progress bars redraw with \r. Characters cut by a chunk's end are put together. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** The lines that the chunk completes; empty ones are left out. */
  push(chunk: Uint8Array): string[] {
    return this.#split(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  /** What is left when the stream ends without a line's end. */
  end(): string[] {
    const lines = this.#split(this.#decoder.end());
    const last = this.#rest;
    this.#rest = '';
    return last === '' ? lines : [...lines, last];
  }

  #split(text: string): string[] {
    const parts = text.split(/[\r\n]/);
    parts[0] = (this.#rest + parts[0]!).slice(0, LONGEST_LINE);
    this.#rest = parts.pop()!.slice(0, LONGEST_LINE);
    return parts.filter((line) => line !== '').map((line) => line.slice(0, LONGEST_LINE));
  }
}
