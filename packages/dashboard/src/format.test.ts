import { expect, test } from 'vitest';
import { bytes, duration, measured, param, plain } from './format.js';

test('numbers read as people write them', () => {
  expect([0.00064, 0.0123456, 3.2e-5, 12, 123456, 1.5e7].map((value) => plain(value))).toEqual([
    ...['6.4e-4', '0.0123', '3.2e-5', '12', '123456', '1.5e7'],
  ]);
  expect([1.23456, 0.00123456, null, Number.NaN].map(measured)).toEqual(['1.2346', '0.001235', '—', '—']);
});

test('times and sizes', () => {
  expect([4.26, 59.4, 60, 200, 3600, 7500].map(duration)).toEqual([
    ...['4.3 s', '59 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min'],
  ]);
  expect([999, 1500, 540143616].map(bytes)).toEqual(['999 B', '1.5 kB', '540 MB']);
});

test('direction marks of a choice cannot turn the text around it', () => {
  expect(param('a\u202eb\u0007')).toBe('a b ');
});
