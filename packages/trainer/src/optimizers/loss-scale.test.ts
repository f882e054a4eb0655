import { expect, it } from 'vitest';
import { LossScale } from './loss-scale.js';

it('halves at an overflow, doubles after 2,000 steps without one, and gives up at 1', () => {
  const scale = new LossScale();
  expect([scale.retry(false), scale.retry(false), scale.value]).toEqual([true, true, 2 ** 14]);
  for (let step = 0; step < 1999; step++) expect(scale.retry(true)).toBe(false);
  expect(scale.value).toBe(2 ** 14);
  scale.retry(true);
  expect(scale.value).toBe(2 ** 15);
  while (scale.value > 1) scale.retry(false);
  expect(scale.retry(false)).toBe(false);
});
