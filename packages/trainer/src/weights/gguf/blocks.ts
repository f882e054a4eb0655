// Blocks of 32 values that share a scale (and a minimum): Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.
import { float16Value } from '../half.js';

const size = 32;
const half = size / 2;

/** d·(q − 8), or with a minimum d·q + m. Byte i holds value i in its low and value i + 16 in its high four bits. */
export function dequantizeQ4(bytes: Uint8Array, hasMinimum: boolean): Float32Array {
  const head = hasMinimum ? 4 : 2;
  return blockwise(bytes, head + half, (at, result, start) => {
    const decoded = scaling(bytes, at, hasMinimum ? undefined : 8);
    for (let i = 0; i < half; i++) {
      const byte = bytes[at + head + i]!;
      result[start + i] = decoded(byte & 15);
      result[start + i + half] = decoded(byte >> 4);
    }
  });
}

/** As Q4 with a fifth bit of every value in a 32-bit word: d·(q − 16), or d·q + m. */
export function dequantizeQ5(bytes: Uint8Array, hasMinimum: boolean): Float32Array {
  const head = hasMinimum ? 4 : 2;
  return blockwise(bytes, head + 4 + half, (at, result, start) => {
    const decoded = scaling(bytes, at, hasMinimum ? undefined : 16);
    for (let i = 0; i < half; i++) {
      const byte = bytes[at + head + 4 + i]!;
      result[start + i] = decoded((byte & 15) | (bitAt(bytes, at + head, i) << 4));
      result[start + i + half] = decoded((byte >> 4) | (bitAt(bytes, at + head, i + half) << 4));
    }
  });
}

/** d·q with signed bytes. */
export function dequantizeQ8(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 2 + size, (at, result, start) => {
    const d = float16At(bytes, at);
    for (let i = 0; i < size; i++) result[start + i] = d * ((bytes[at + 2 + i]! << 24) >> 24);
  });
}

/** What a stored number stands for in the block at a byte: d·(q − centre), or d·q + m where there is no centre. */
function scaling(bytes: Uint8Array, at: number, centre: number | undefined): (q: number) => number {
  const d = float16At(bytes, at);
  if (centre !== undefined) return (q) => d * (q - centre);
  const minimum = float16At(bytes, at + 2);
  return (q) => d * q + minimum;
}

type ReadBlock = (at: number, result: Float32Array, start: number) => void;

function blockwise(bytes: Uint8Array, blockBytes: number, read: ReadBlock): Float32Array {
  const blocks = bytes.length / blockBytes;
  const result = new Float32Array(blocks * size);
  for (let block = 0; block < blocks; block++) read(block * blockBytes, result, block * size);
  return result;
}

export const float16At = (bytes: Uint8Array, at: number): number => float16Value(bytes[at]! | (bytes[at + 1]! << 8));

const bitAt = (bytes: Uint8Array, at: number, bit: number): number => (bytes[at + (bit >> 3)]! >> (bit & 7)) & 1;
