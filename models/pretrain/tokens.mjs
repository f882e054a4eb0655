// Reads the 16-bit little-endian token files that prepare.mjs writes.

import { readFileSync } from 'node:fs';

/** @returns {Uint16Array} all token ids of the file, in order. */
export function readTokens(file) {
  const bytes = readFileSync(file);
  return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
