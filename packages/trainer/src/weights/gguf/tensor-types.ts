// The element types of GGUF tensors that can be read: how many values a block holds, in how many bytes, and how they come out.
// Layouts: https://github.com/ggml-org/ggml (ggml-common.h); values checked against gguf-py.
import { bfloat16ToFloat32, float16ToFloat32 } from '../half.js';
import { dequantizeQ4, dequantizeQ5, dequantizeQ8 } from './blocks.js';
import { dequantizeQ2K, dequantizeQ3K, dequantizeQ4K, dequantizeQ5K, dequantizeQ6K } from './k-blocks.js';

export interface TensorType {
  name: string;
  /** Values in a block; a row is a whole number of blocks. */
  blockSize: number;
  blockBytes: number;
  /** All values of whole blocks, in order. */
  toFloat32(bytes: Uint8Array): Float32Array;
}

const halves = (bytes: Uint8Array) => new Uint16Array(aligned(bytes).buffer);

/** By the number that stands in the file. */
export const tensorTypes: ReadonlyMap<number, TensorType> = new Map([
  [0, type('F32', 1, 4, (bytes) => new Float32Array(aligned(bytes).buffer))],
  [1, type('F16', 1, 2, (bytes) => float16ToFloat32(halves(bytes)))],
  [2, type('Q4_0', 32, 18, (bytes) => dequantizeQ4(bytes, false))],
  [3, type('Q4_1', 32, 20, (bytes) => dequantizeQ4(bytes, true))],
  [6, type('Q5_0', 32, 22, (bytes) => dequantizeQ5(bytes, false))],
  [7, type('Q5_1', 32, 24, (bytes) => dequantizeQ5(bytes, true))],
  [8, type('Q8_0', 32, 34, dequantizeQ8)],
  [10, type('Q2_K', 256, 84, dequantizeQ2K)],
  [11, type('Q3_K', 256, 110, dequantizeQ3K)],
  [12, type('Q4_K', 256, 144, dequantizeQ4K)],
  [13, type('Q5_K', 256, 176, dequantizeQ5K)],
  [14, type('Q6_K', 256, 210, dequantizeQ6K)],
  [30, type('BF16', 1, 2, (bytes) => bfloat16ToFloat32(halves(bytes)))],
]);

function type(name: string, blockSize: number, blockBytes: number, toFloat32: TensorType['toFloat32']): TensorType {
  return { name, blockSize, blockBytes, toFloat32 };
}

/** The bytes at the start of a buffer of their own, as views of wider types need them. */
function aligned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}
