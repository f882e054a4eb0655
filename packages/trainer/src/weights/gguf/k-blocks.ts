// Blocks of 256 values in sub-blocks whose scales are quantised themselves: Q2_K to Q6_K.
// In each, w is the place of a value in its block.
import { float16At } from './blocks.js';

const size = 256;

/** s[16], q[64], d, dmin: d·(s & 15)·q − dmin·(s >> 4), a scale for 16 values. */
export function dequantizeQ2K(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 84, (at) => {
    const d = float16At(bytes, at + 80);
    const dmin = float16At(bytes, at + 82);
    return (w) => {
      const scale = bytes[at + (w >> 4)]!;
      return d * (scale & 15) * twoBits(bytes, at + 16, w) - dmin * (scale >> 4);
    };
  });
}

/** high bits[32], q[64], s[12], d: d·(s − 32)·(q − 4 where the high bit is 0), a 6-bit scale for 16 values. */
export function dequantizeQ3K(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 110, (at) => {
    const d = float16At(bytes, at + 108);
    const scales = scalesOfQ3K(bytes, at + 96);
    return (w) => {
      const high = (bytes[at + (w & 31)]! >> (w >> 5)) & 1;
      return d * scales[w >> 4]! * (twoBits(bytes, at + 32, w) - (high ? 0 : 4));
    };
  });
}

/** d, dmin, s[12], q[128]: d·scale·q − dmin·minimum, a pair of them for 32 values. */
export function dequantizeQ4K(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 144, (at) => {
    const sub = scalesAndMinima(bytes, at);
    return (w) => sub.scales[w >> 5]! * fourBits(bytes, at + 16, w) - sub.minima[w >> 5]!;
  });
}

/** As Q4_K with a fifth bit of every value: d, dmin, s[12], high bits[32], q[128]. */
export function dequantizeQ5K(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 176, (at) => {
    const sub = scalesAndMinima(bytes, at);
    return (w) => {
      const high = (bytes[at + 16 + (w & 31)]! >> (w >> 5)) & 1;
      return sub.scales[w >> 5]! * (fourBits(bytes, at + 48, w) | (high << 4)) - sub.minima[w >> 5]!;
    };
  });
}

/** low bits[128], high bits[64], s[16] signed, d: d·s·(q − 32), a scale for 16 values. */
export function dequantizeQ6K(bytes: Uint8Array): Float32Array {
  return blockwise(bytes, 210, (at) => {
    const d = float16At(bytes, at + 208);
    return (w) => {
      const [group, r] = [w >> 7, w & 127];
      const low = (bytes[at + 64 * group + (r & 63)]! >> (r >= 64 ? 4 : 0)) & 15;
      const high = (bytes[at + 128 + 32 * group + (r & 31)]! >> (2 * (r >> 5))) & 3;
      const scale = (bytes[at + 192 + (w >> 4)]! << 24) >> 24;
      return d * scale * ((low | (high << 4)) - 32);
    };
  });
}

/** Prepares a block at a byte; the function it returns gives the value at each place. */
type OpenBlock = (at: number) => (w: number) => number;

function blockwise(bytes: Uint8Array, blockBytes: number, open: OpenBlock): Float32Array {
  const blocks = bytes.length / blockBytes;
  const result = new Float32Array(blocks * size);
  for (let block = 0; block < blocks; block++) {
    const value = open(block * blockBytes);
    for (let w = 0; w < size; w++) result[block * size + w] = value(w);
  }
  return result;
}

/** Of each 128 values, 32 bytes hold a value of every quarter. */
const twoBits = (bytes: Uint8Array, at: number, w: number): number =>
  (bytes[at + 32 * (w >> 7) + (w & 31)]! >> (2 * ((w >> 5) & 3))) & 3;

/** Of each 64 values, 32 bytes hold one of the first half in their low and one of the second in their high bits. */
const fourBits = (bytes: Uint8Array, at: number, w: number): number =>
  (bytes[at + 32 * (w >> 6) + (w & 31)]! >> (w & 32 ? 4 : 0)) & 15;

/** Sixteen 6-bit numbers less 32: four low bits each in 8 bytes, two high bits each in 4. */
function scalesOfQ3K(bytes: Uint8Array, at: number): number[] {
  return Array.from({ length: 16 }, (_, j) => {
    const low = (bytes[at + (j & 7)]! >> (j >= 8 ? 4 : 0)) & 15;
    const high = (bytes[at + 8 + (j & 3)]! >> (2 * (j >> 2))) & 3;
    return (low | (high << 4)) - 32;
  });
}

/** d and dmin times the eight 6-bit scales and minima that share 12 bytes. */
function scalesAndMinima(bytes: Uint8Array, at: number): { scales: number[]; minima: number[] } {
  const d = float16At(bytes, at);
  const dmin = float16At(bytes, at + 2);
  const s = (j: number) => bytes[at + 4 + j]!;
  const scales: number[] = [];
  const minima: number[] = [];
  for (let j = 0; j < 8; j++) {
    scales.push(d * (j < 4 ? s(j) & 63 : (s(j + 4) & 15) | ((s(j - 4) >> 6) << 4)));
    minima.push(dmin * (j < 4 ? s(j + 4) & 63 : (s(j + 4) >> 4) | ((s(j) >> 6) << 4)));
  }
  return { scales, minima };
}
