import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillNormal, fillUniform } from './fill.js';
import { fillWords, Purpose, philox4x32, type RandomKey } from './philox.js';
import { permutation, RandomStream } from './random-stream.js';

interface Case {
  counter: [number, number, number, number];
  key: [number, number];
  words: number[];
}
const golden: { blocks: Case[]; normals: number[] } = JSON.parse(
  readFileSync(new URL('../../../../goldens/numerics/philox.json', import.meta.url), 'utf8'),
);
const key: RandomKey = { seed: 7, purpose: Purpose.initialization, counter: 3 };

function normals(count: number, of: RandomKey): Float32Array {
  const out = new Float32Array(count);
  fillNormal(out, of);
  return out;
}

function mean(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
}

describe('Philox-4x32-10', () => {
  test("gives Random123's known answers and those of an independent implementation", () => {
    for (const { counter, key, words } of golden.blocks) {
      const out = new Uint32Array(4);
      philox4x32(out, 0, counter, key);
      expect([...out]).toEqual(words);
    }
  });

  test('a key maps to counter words block, part, counter low, counter high', () => {
    const out = new Uint32Array(9);
    fillWords(out, { seed: 5, purpose: 6, part: 7, counter: 8 + 9 * 2 ** 32 });
    const expected = new Uint32Array(12);
    for (const block of [0, 1, 2]) philox4x32(expected, 4 * block, [block, 7, 8, 9], [5, 6]);
    expect(out).toEqual(expected.subarray(0, 9));
  });
});

describe('uniform and normal numbers', () => {
  test('uniforms fill their range evenly (chi-square over 64 bins)', () => {
    const out = new Float32Array(64_000);
    fillUniform(out, key, -1, 3);
    const bins = new Float64Array(64);
    for (const value of out) bins[Math.floor((value + 1) * 16)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(118); // 63 degrees of freedom: exceeded once in 30,000
    expect(chiSquare).toBeGreaterThan(25);
  });

  test('normals are those of an independent Box–Muller over the same words', () => {
    normals(100, key).forEach((value, i) => {
      expect(value).toBeCloseTo(golden.normals[i]!, 6);
    });
  });

  test('normals have the moments and quantiles of the normal distribution', () => {
    const out = normals(200_000, key);
    expect(mean(out)).toBeCloseTo(0, 1.9);
    expect(mean(out.map((x) => x * x))).toBeCloseTo(1, 1.7);
    expect(mean(out.map((x) => x ** 4))).toBeCloseTo(3, 0.8);
    for (const [bound, share] of [
      [1, 0.6827],
      [2, 0.9545],
      [3, 0.9973],
    ] as const) {
      expect(mean(out.map((x) => (Math.abs(x) < bound ? 1 : 0)))).toBeCloseTo(share, 2);
    }
    expect(mean(out.subarray(1).map((x, i) => x * out[i]!))).toBeCloseTo(0, 1.9);
  });

  test('odd sizes, chunk boundaries, deviation and mean', () => {
    const long = normals(10_001, key);
    const short = normals(4097, key);
    expect(short).toEqual(long.subarray(0, 4097));
    const scaled = new Float32Array(11);
    fillNormal(scaled, key, 2, 5);
    scaled.forEach((value, i) => {
      expect(value).toBeCloseTo(5 + 2 * long[i]!, 4);
    });
  });

  test('every field of the key gives other, uncorrelated numbers', () => {
    const base = normals(50_000, key);
    const others: RandomKey[] = [
      { ...key, seed: 8 },
      { ...key, purpose: Purpose.dropout },
      { ...key, counter: 4 },
      { ...key, part: 1 },
      { ...key, counter: 3 + 2 ** 32 },
    ];
    for (const other of others) {
      const product = normals(50_000, other).map((x, i) => x * base[i]!);
      expect(Math.abs(mean(product))).toBeLessThan(4 / Math.sqrt(50_000));
    }
  });
});

describe('permutation', () => {
  test('holds every index once, and depends on the key alone', () => {
    const order = permutation(1000, key);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(1000, { ...key })).toEqual(order);
    expect(permutation(1000, { ...key, counter: 4 })).not.toEqual(order);
    expect([...permutation(0, key)]).toEqual([]);
    expect([...permutation(1, key)]).toEqual([0]);
  });

  test('each of the 24 orders of four is equally likely', () => {
    const counts = new Map<string, number>();
    for (let counter = 0; counter < 12_000; counter++) {
      const order = permutation(4, { ...key, counter }).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(58); // 23 degrees of freedom: exceeded once in 15,000
  });

  test('a stream reads the words of its key in order', () => {
    const words = new Uint32Array(600);
    fillWords(words, key);
    const stream = new RandomStream(key);
    expect(Uint32Array.from({ length: 600 }, () => stream.uint32())).toEqual(words);
    const uniform = new RandomStream(key).uniform();
    expect(uniform).toBe(((words[0]! >>> 5) * 2 ** 26 + (words[1]! >>> 6)) / 2 ** 53);
  });
});
