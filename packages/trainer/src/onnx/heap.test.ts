import { expect, it } from 'vitest';
import { Heap } from './heap.js';

it('fills a hole that has some bytes to spare, joins neighbours, and else grows', () => {
  const heap = new Heap();
  const [a, b, c, d] = [1000, 1000, 3000, 1000].map((size) => heap.take(size));
  expect([a, b, c, d, heap.end]).toEqual([0, 1000, 2000, 5000, 6000]);
  heap.giveBack(a!, 1000);
  heap.giveBack(c!, 3000);
  // Not into its own size; into the larger hole.
  expect(heap.take(1000)).toBe(2000);
  // Neighbours that are free are one hole.
  heap.giveBack(b!, 1000);
  expect(heap.take(1500)).toBe(0);
  expect(heap.take(1500)).toBe(3000);
  // The hole at the end is used as far as it goes.
  heap.giveBack(d!, 1000);
  expect(heap.take(4000)).toBe(4500);
  expect(heap.end).toBe(8500);
});
