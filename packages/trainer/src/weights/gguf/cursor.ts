// Reads a GGUF header value by value. The file may be damaged or hostile: no count or length is believed beyond the bytes that are left.
import { ModelFormatError } from '../../errors.js';
import type { OpenedFile } from '../read-file.js';

/** Bytes read from the file at once. */
const windowBytes = 2 ** 20;
/** More than any vocabulary takes; a header is kept in memory. */
const maxHeaderBytes = 2 ** 28;
const maxStringBytes = 2 ** 25;

/** A place in the header of an opened file. */
export class Cursor {
  position = 0;
  private window = new Uint8Array(0);
  private windowStart = 0;
  private readonly end: number;
  private readonly utf8 = new TextDecoder('utf-8');

  constructor(private readonly file: OpenedFile) {
    this.end = Math.min(file.size, maxHeaderBytes);
  }

  /** Of the file, for messages. */
  get path(): string {
    return this.file.path;
  }

  uint32(what: string): number {
    return this.view(4, what).getUint32(0, true);
  }

  /** A 64-bit count of things that take at least `bytesEach`: no more than can follow. */
  count(bytesEach: number, what: string): number {
    const count = this.view(8, what).getBigUint64(0, true);
    const left = this.end - this.position;
    if (count * BigInt(bytesEach) > BigInt(left)) {
      throw this.damaged(
        `${what} claims ${count} of at least ${bytesEach} bytes each, but only ${left} bytes are left`,
      );
    }
    return Number(count);
  }

  uint64(what: string): bigint {
    return this.view(8, what).getBigUint64(0, true);
  }

  /** Invalid UTF-8 becomes replacement characters: some vocabularies hold pieces of characters. */
  string(what: string): string {
    const length = this.count(1, `the length of ${what}`);
    if (length > maxStringBytes) throw this.damaged(`${what} has ${length} bytes; at most ${maxStringBytes} are read`);
    return this.utf8.decode(this.bytes(length, what));
  }

  view(length: number, what: string): DataView {
    const bytes = this.bytes(length, what);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** The next bytes; valid until the next call. */
  bytes(length: number, what: string): Uint8Array {
    if (this.position + length > this.end) {
      throw this.damaged(`${what} would end beyond byte ${this.end}: the file was probably cut short`);
    }
    let start = this.position - this.windowStart;
    if (start + length > this.window.length) {
      this.windowStart = this.position;
      this.window = new Uint8Array(Math.min(Math.max(length, windowBytes), this.end - this.position));
      this.file.fill(this.window, this.position);
      start = 0;
    }
    this.position += length;
    return this.window.subarray(start, start + length);
  }

  damaged(problem: string): ModelFormatError {
    return new ModelFormatError(`${this.file.path} is not a sound GGUF file: ${problem}. Download or write it again.`);
  }
}
