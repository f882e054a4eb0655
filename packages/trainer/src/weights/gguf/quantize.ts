// Writes values as the element types of GGUF.
import { float32ToFloat16 } from '../half.js';

export type GgufDtype = 'F32' | 'F16' | 'Q8_0';

const blockSize = 32;

/** The number of each type in the file, and whether rows of this length can have it. */
export const ggufTypes: Readonly<
  Record<GgufDtype, { id: number; bytes(elements: number): number; fits(row: number): boolean }>
> = {
  F32: { id: 0, bytes: (elements) => 4 * elements, fits: () => true },
  F16: { id: 1, bytes: (elements) => 2 * elements, fits: () => true },
  Q8_0: { id: 8, bytes: (elements) => (elements / blockSize) * (blockSize + 2), fits: (row) => row % blockSize === 0 },
};

/** The values as bytes of the type, rounded once. For Q8_0 their number is a multiple of 32. */
export function toGgufBytes(values: Float32Array, dtype: GgufDtype): Uint8Array {
  if (dtype === 'Q8_0') return quantizeQ8(values);
  const stored = dtype === 'F16' ? float32ToFloat16(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** A scale of largest / 127 for each 32 values, and each value in units of it, halves away from zero: as ggml does, in single precision. */
function quantizeQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / blockSize;
  const bytes = new Uint8Array(blocks * (blockSize + 2));
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const start = block * blockSize;
    let largest = 0;
    for (let i = 0; i < blockSize; i++) largest = Math.max(largest, Math.abs(values[start + i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[block] = scale;
    for (let i = 0; i < blockSize; i++) {
      const x = Math.fround(values[start + i]! * inverse);
      bytes[block * (blockSize + 2) + 2 + i] = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
    }
  }
  float32ToFloat16(scales).forEach((half, block) => {
    bytes[block * (blockSize + 2)] = half & 255;
    bytes[block * (blockSize + 2) + 1] = half >> 8;
  });
  return bytes;
}
