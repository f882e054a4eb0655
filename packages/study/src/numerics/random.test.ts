import { describe, expect, test } from 'vitest';
import { RandomGenerator } from './random.js';

describe('RandomGenerator', () => {
  // The first outputs of the authors' C program for the state 1, 2, 3, 4.
  test('is xoshiro128**', () => {
    const random = new RandomGenerator([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toEqual([11520, 0, 5927040, 70819200]);
  });
  test('goes on from its state', () => {
    const random = RandomGenerator.of(7, 3, 'x');
    random.uniform();
    const copy = new RandomGenerator(random.state);
    expect([copy.uniform(), copy.integer(1000)]).toEqual([random.uniform(), random.integer(1000)]);
  });
  test('gives the same stream for the same labels in any process, another for others', () => {
    expect(RandomGenerator.of(42, 0, 'learningRate').uniform()).toBe(0.7240724471626957);
    const streams = [
      RandomGenerator.of(1, 2),
      RandomGenerator.of(2, 1),
      RandomGenerator.of(1, '2'),
      RandomGenerator.of(1, 'a', 'b'),
      RandomGenerator.of(1, 'ab'),
      RandomGenerator.of(1 + 2 ** 32, 2),
    ];
    expect(new Set(streams.map((stream) => stream.uniform())).size).toBe(streams.length);
  });
  test('is uniform over streams: chi-squared of first draws in 64 cells', () => {
    const cells = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) cells[Math.floor(RandomGenerator.of(5, i, 'x').uniform() * 64)]!++;
    const chi = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeGreaterThan(30);
    expect(chi).toBeLessThan(110);
  });
  test('shuffles into every order equally often', () => {
    const random = RandomGenerator.of(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffled(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
