import { expect, test } from 'vitest';
import { KernelMemory } from '../kernels/kernels.js';
import { fillNormal, fillUniform } from '../random/fill.js';
import { Purpose } from '../random/philox.js';
import { dynamicMap, mapElements, writeMap } from './dynamic-map.js';

const key = { seed: 4, purpose: Purpose.initialization, counter: 0 };

/** Over many powers of ten, with an incomplete last block, a block of zeros, and numbers that are entries themselves. */
function numbers(isSigned: boolean): Float32Array {
  const values = new Float32Array(2000);
  const sizes = new Float32Array(values.length);
  fillNormal(values, key);
  fillUniform(sizes, { ...key, part: 1 }, -9, 0);
  values.set(values.map((value, i) => (isSigned ? value : Math.abs(value)) * 10 ** sizes[i]!));
  values.fill(0, 256, 512);
  values.set(dynamicMap(isSigned), 512);
  return values;
}

test.each([true, false])('each number goes to the nearest entry, as far as its scale goes (signed: %s)', (isSigned) => {
  const map = dynamicMap(isSigned);
  const values = numbers(isSigned);
  const memory = new KernelMemory(2 ** 20);
  const place = writeMap(map, memory.floats(mapElements));
  const [given, back, scales] = [memory.floats(values.length), memory.floats(values.length), memory.floats(8)];
  const bytes = memory.bytes(values.length);
  given.set(values);
  memory.kernels.quantize(
    ...([given.byteOffset, bytes.byteOffset, values.length] as const),
    ...([place.bounds, place.first, scales.byteOffset] as const),
  );
  memory.kernels.dequantize(back.byteOffset, bytes.byteOffset, values.length, place.map, scales.byteOffset);
  for (const [i, value] of values.entries()) {
    const scale = scales[Math.floor(i / 256)]!;
    const nearest = Math.min(...map.map((entry) => Math.abs(scale * entry - value)));
    expect(Math.abs(back[i]! - value), `${value} of ${scale}`).toBeLessThanOrEqual(nearest + 1e-7 * scale);
  }
  expect([...scales]).toEqual(
    Array.from({ length: 8 }, (_, block) => Math.max(...values.subarray(256 * block, 256 * (block + 1)).map(Math.abs))),
  );
});
