// Matrices in fewer bits than float32: bfloat16, 8-bit integers, and the 4-bit normal floats of QLoRA (2305.14314).
import { bfloat16ToFloat32, float32ToBfloat16 } from './half.js';

export type CompactPrecision = 'bf16' | '8bit' | '4bit';

/** Numbers that share a scale, in the order in which the matrix is stored. */
export const blockSize = 64;

export interface CompactNumbers {
  /** bfloat16 bits; int8; or two 4-bit codes a byte, the first in its upper half. */
  numbers: Uint8Array;
  /** Factor of each block; none in bfloat16. */
  scales?: Float32Array;
}

/** The 16 values of NF4: quantiles of the normal distribution, scaled to ±1 (QLoRA, appendix E). */
export const normalFloats = Float32Array.of(
  ...[-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334],
  ...[-0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
  ...[0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1],
);
/** Halfway between neighbours: what is above one is nearer to the next. */
const thresholds = Float64Array.from(normalFloats.subarray(1), (value, i) => (value + normalFloats[i]!) / 2);

/** Whole blocks only. */
export const isCompactable = (shape: readonly number[]): boolean => (shape[0]! * shape[1]!) % blockSize === 0;

/** Bytes of so many numbers, and of their scales. */
export function compactBytes(count: number, precision: CompactPrecision): { numbers: number; scales: number } {
  const scales = precision === 'bf16' ? 0 : (4 * count) / blockSize;
  return { numbers: { bf16: 2 * count, '8bit': count, '4bit': count / 2 }[precision], scales };
}

/** @param values as many as make whole blocks */
export function compact(values: Float32Array, precision: CompactPrecision): CompactNumbers {
  if (precision === 'bf16') return { numbers: new Uint8Array(float32ToBfloat16(values).buffer) };
  return precision === '8bit' ? toIntegers(values) : toNormalFloats(values);
}

/** The numbers as float32, as the runtime makes them. */
export function widen({ numbers, scales }: CompactNumbers, precision: CompactPrecision): Float32Array {
  const { buffer, byteOffset, byteLength } = numbers;
  if (precision === 'bf16') return bfloat16ToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2));
  const scaleOf = (i: number) => scales![Math.floor(i / blockSize)]!;
  if (precision === '8bit') {
    return Float32Array.from(new Int8Array(buffer, byteOffset, byteLength), (integer, i) => integer * scaleOf(i));
  }
  const codeOf = (i: number) => (i % 2 === 0 ? numbers[i / 2]! >> 4 : numbers[(i - 1) / 2]! & 15);
  return Float32Array.from({ length: 2 * byteLength }, (_, i) => normalFloats[codeOf(i)]! * scaleOf(i));
}

/** Integers up to ±127 times largest / 127. */
function toIntegers(values: Float32Array): CompactNumbers {
  const largest = largestOfBlocks(values);
  const scales = largest.map((value) => value / 127);
  const numbers = Int8Array.from(values, (value, i) => {
    const scale = scales[Math.floor(i / blockSize)]!;
    return scale === 0 ? 0 : Math.round(value / scale);
  });
  return { numbers: new Uint8Array(numbers.buffer), scales };
}

/** The nearest of the 16 values, times the largest of the block. */
function toNormalFloats(values: Float32Array): CompactNumbers {
  const scales = largestOfBlocks(values);
  const numbers = new Uint8Array(values.length / 2);
  for (let i = 0; i < values.length; i += 2) {
    const scale = scales[Math.floor(i / blockSize)]! || 1;
    numbers[i / 2] = (nearestCode(values[i]! / scale) << 4) | nearestCode(values[i + 1]! / scale);
  }
  return { numbers, scales };
}

function largestOfBlocks(values: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length / blockSize }, (_, block) => {
    let largest = 0;
    for (let i = block * blockSize; i < (block + 1) * blockSize; i++) largest = Math.max(largest, Math.abs(values[i]!));
    return largest;
  });
}

function nearestCode(value: number): number {
  let code = 0;
  for (let step = 8; step > 0; step >>= 1) if (value > thresholds[code + step - 1]!) code += step;
  return code;
}
