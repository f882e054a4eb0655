// Lines of a UTF-8 text file as a stream: byte order mark, CRLF and overlong lines taken care of.
import { createReadStream } from 'node:fs';

export interface TextLine {
  /** From 1. */
  number: number;
  /** Without its line ending; undefined where the line is not text, then `fault` says why. */
  text?: string;
  fault?: string;
}

/** Longest line that is read, in bytes. A longer one is a fault, and is not kept in memory. */
export const maxLineBytes = 16 * 1024 * 1024;

const newline = 0x0a;

/** Yields every line, also the last without a newline. Memory stays within one line and one chunk. */
export async function* readLines(path: string, maxBytes = maxLineBytes): AsyncGenerator<TextLine> {
  const decode = lineDecoder();
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;
  const take = (): TextLine => {
    const tooLong = length > maxBytes;
    const line = tooLong ? undefined : Buffer.concat(parts);
    parts = [];
    length = 0;
    number += 1;
    if (line === undefined) return { number, fault: `longer than ${maxBytes} bytes` };
    return { number, ...decode(line, number === 1) };
  };
  const keep = (part: Buffer): void => {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts = [];
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

function lineDecoder(): (line: Buffer, first: boolean) => { text?: string; fault?: string } {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (line, first) => {
    try {
      const text = decoder.decode(line);
      if (text.includes('\0')) return { fault: 'holds a NUL byte' };
      const start = first && text.startsWith('\ufeff') ? 1 : 0;
      return { text: text.slice(start, text.endsWith('\r') ? -1 : undefined) };
    } catch {
      return { fault: 'not UTF-8 text; save the file as UTF-8' };
    }
  };
}
