import { describe, expect, test } from 'vitest';
import { fillNormal } from '../random/fill.js';
import { fillWords, Purpose, type RandomKey } from '../random/philox.js';
import { DropoutMasks, effectiveDropout } from './dropout-masks.js';
import { KernelMemory } from './kernels.js';
import { ParameterMemory } from './memory.js';

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 31, 64, 1001];

function normals(out: Float32Array, counter: number): Float32Array {
  fillNormal(out, { seed: 1, purpose: Purpose.initialization, counter });
  return out;
}

describe('kernels agree with plain loops, for every remainder of four', () => {
  const f = Math.fround;

  test.each(sizes)('sumOfSquares, addScaled, scale over %i elements', (n) => {
    const memory = new KernelMemory(1 << 20);
    const [x, y, guard] = [memory.floats(n), memory.floats(n), memory.floats(16)];
    normals(x, 1);
    normals(y, 2);
    guard.fill(7);
    const expected = x.reduce((sum, value) => sum + value * value, 0);
    expect(memory.kernels.sumOfSquares(x.byteOffset, n)).toBeCloseTo(expected, 10);
    const added = y.map((value, i) => f(value + f(x[i]! * f(0.3))));
    memory.kernels.addScaled(y.byteOffset, x.byteOffset, n, 0.3);
    expect(y).toEqual(added);
    const scaled = y.map((value) => f(value * f(-1.7)));
    memory.kernels.scale(y.byteOffset, n, -1.7);
    expect(y).toEqual(scaled);
    expect(guard.every((value) => value === 7)).toBe(true);
  });

  test.each(sizes)('adamw over %i elements', (n) => {
    const memory = new KernelMemory(1 << 20);
    const [p, g, m, v, guard] = [0, 1, 2, 3, 4].map((i) => normals(memory.floats(i === 4 ? 16 : n), i)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    v.forEach((value, i) => {
      v[i] = value * value;
    });
    const before = guard.slice();
    const [lr, b1, b2, eps, decay, c1, c2, scale] = [1e-2, 0.9, 0.999, 1e-8, 0.1, 0.19, 0.002, 0.5];
    const expected = [...p].map((value, i) => {
      const grad = f(g[i]! * scale);
      const first = f(m[i]! + f(f(1 - b1) * f(grad - m[i]!)));
      const second = f(f(v[i]! * f(b2)) + f(f(f(1 - b2) * grad) * grad));
      const root = f(f(f(Math.sqrt(second)) / f(Math.sqrt(c2))) + f(eps));
      return { first, second, p: f(f(value * f(1 - lr * decay)) - f(f(f(lr / c1) * first) / root)) };
    });
    const addresses = [p, g, m, v].map((array) => array.byteOffset) as [number, number, number, number];
    memory.kernels.adamw(...addresses, n, lr, b1, b2, eps, decay, c1, c2, scale);
    expect([...p]).toEqual(expected.map((e) => e.p));
    expect([...m]).toEqual(expected.map((e) => e.first));
    expect([...v]).toEqual(expected.map((e) => e.second));
    expect(guard).toEqual(before);
  });

  test('sumOfSquares neither overflows nor hides NaN and Inf', () => {
    const memory = new KernelMemory(1024);
    const x = memory.floats(9).fill(3e38);
    expect(memory.kernels.sumOfSquares(x.byteOffset, 9)).toBeCloseTo(9 * f(3e38) ** 2, -70);
    for (const [value, at] of [
      [Number.NaN, 2],
      [Number.NaN, 8],
      [Number.POSITIVE_INFINITY, 5],
    ] as const) {
      x.fill(1)[at] = value;
      expect(memory.kernels.sumOfSquares(x.byteOffset, 9)).toBe(value);
    }
  });
});

describe('ParameterMemory', () => {
  test('gives aligned arrays that do not overlap, all of one parameter in one memory', () => {
    const rooms = [3, 100].map((count) => ({ count, state: { first: count, second: 2 * count } }));
    const memory = new ParameterMemory(rooms);
    const slots = rooms.map((room) => memory.slotOf(memory.allocate(room))!);
    const own = slots.flatMap((s) => [s.parameter, ...s.state.values(), s.gradient]);
    const arrays = [...own, slots[0]!.staging, slots[0]!.scratch];
    for (const array of arrays) expect(array.byteOffset % 64).toBe(0);
    expect(new Set(arrays.map((array) => array.buffer)).size).toBe(1);
    expect(own.map(({ length }) => length)).toEqual([3, 3, 6, 3, 100, 100, 200, 100]);
    const ranges = arrays
      .map((array) => [array.byteOffset, array.byteOffset + array.byteLength] as const)
      .sort((a, b) => a[0] - b[0]);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThanOrEqual(ranges[i - 1]![1]);
  });

  test('opens another memory for what passes the limit or comes unannounced; earlier views stay valid', () => {
    const roomOf = (count: number) => ({ count, state: { first: count, second: count } });
    const memory = new ParameterMemory([10_000, 10_000, 10_000].map(roomOf), 500_000);
    const arrays = [10_000, 10_000, 10_000, 5].map((count) => memory.allocate(roomOf(count)).fill(count));
    expect(arrays[0]!.buffer).toBe(arrays[1]!.buffer);
    expect(arrays[2]!.buffer).not.toBe(arrays[0]!.buffer);
    for (const array of arrays) expect(array.every((value) => value === array.length)).toBe(true);
    expect(() => memory.allocate(roomOf(100_000))).toThrow(/100000 elements .* one memory holds 500000/);
  });
});

describe('DropoutMasks', () => {
  const key: RandomKey = { seed: 11, purpose: Purpose.dropout, counter: 5, part: 3 };

  function draw(size: number, probability: number, of: RandomKey): Uint8Array {
    const masks = new DropoutMasks([size]);
    const mask = masks.allocate(size);
    masks.fill(mask, probability, of);
    return mask;
  }

  test.each([1, 31, 32, 33, 320])('%i bytes are the bits of Philox, in the documented order', (size) => {
    const words = new Uint32Array(4 * 4 * Math.ceil(size / 32));
    fillWords(words, key);
    const expected = Uint8Array.from({ length: size }, (_, i) => {
      const [group, word, block, half] = [i >> 5, (i >> 3) & 3, (i >> 1) & 3, i & 1];
      const bits = (words[4 * (4 * group + block) + word]! >>> (16 * half)) & 0xffff;
      return bits >= Math.round(0.3 * 65_536) ? 1 : 0;
    });
    expect(draw(size, 0.3, key)).toEqual(expected);
  });

  test('a large seed and counter, and neighbours in the same memory, are respected', () => {
    const masks = new DropoutMasks([33, 40]);
    const [first, second] = [masks.allocate(33), masks.allocate(40)];
    const large = { seed: 0xffff_ffff, purpose: Purpose.dropout, counter: 2 ** 52 + 1, part: 0xffff_ffff };
    masks.fill(second, 0.5, large);
    masks.fill(first, 0.5, key);
    expect(second).toEqual(draw(40, 0.5, large));
    expect(first).toEqual(draw(33, 0.5, key));
  });

  test('probabilities 0 and nearly 1', () => {
    expect(draw(100, 0, key).every((byte) => byte === 1)).toBe(true);
    expect(effectiveDropout(0.9999999)).toBeLessThan(1);
    expect(effectiveDropout(0.1)).toBeCloseTo(0.1, 4);
  });

  test.each([0.05, 0.1, 0.5])('drops a share of %f, in each position of a group of 32 alike', (probability) => {
    const mask = draw(320_000, probability, key);
    const kept = new Float64Array(32);
    mask.forEach((byte, i) => {
      kept[i & 31]! += byte;
    });
    const p = effectiveDropout(probability);
    const chiSquare = kept.reduce((sum, count) => sum + (count - 10_000 * (1 - p)) ** 2 / (10_000 * p * (1 - p)), 0);
    expect(chiSquare).toBeLessThan(75); // 32 degrees of freedom: exceeded once in 35,000
    expect(chiSquare).toBeGreaterThan(10);
  });

  test('steps, layers, seeds and neighbouring elements are uncorrelated', () => {
    const size = 1 << 18;
    const base = draw(size, 0.5, key);
    const others = [
      draw(size, 0.5, { ...key, counter: 6 }),
      draw(size, 0.5, { ...key, part: 4 }),
      draw(size, 0.5, { ...key, seed: 12 }),
      ...[1, 2, 8, 32, 512].map((lag) => Uint8Array.from([...base.subarray(lag), ...base.subarray(0, lag)])),
    ];
    for (const other of others) {
      const agree = other.reduce((sum, byte, i) => sum + (byte === base[i] ? 1 : -1), 0);
      expect(Math.abs(agree) / Math.sqrt(size)).toBeLessThan(4.2);
    }
  });
});
