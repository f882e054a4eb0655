import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const golden = JSON.parse(readFileSync(`${goldenFolder}/io/weights.json`, 'utf8')).halves;
const source = new Float32Array(Uint32Array.from(golden.float32).buffer);
const hex = (bits: number) => bits.toString(16);

function expectSameBits(found: Uint16Array, expected: number[], infinity: number) {
  found.forEach((bits, i) => {
    const bothNaN = (bits & 0x7fff) > infinity && (expected[i]! & 0x7fff) > infinity;
    if (!bothNaN) expect(hex(bits), `element ${i}, ${source[i]}`).toBe(hex(expected[i]!));
  });
}

test('float32 to BF16 rounds like PyTorch', () => {
  expectSameBits(float32ToBfloat16(source), golden.bfloat16, 0x7f80);
});

test('float32 to F16 rounds like PyTorch, subnormals and infinities included', () => {
  expectSameBits(float32ToFloat16(source), golden.float16, 0x7c00);
});

test('every 16-bit pattern survives the way to float32 and back', () => {
  const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
  const backFromF16 = float32ToFloat16(float16ToFloat32(all));
  const backFromBf16 = float32ToBfloat16(bfloat16ToFloat32(all));
  const finiteOrInfinite = (infinity: number) => all.filter((bits) => (bits & 0x7fff) <= infinity);
  expect(finiteOrInfinite(0x7c00).filter((bits) => backFromF16[bits] !== bits)).toHaveLength(0);
  expect(finiteOrInfinite(0x7f80).filter((bits) => backFromBf16[bits] !== bits)).toHaveLength(0);
});
