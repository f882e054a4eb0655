import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fit, padEnd, padStart, sparkline, wrap } from './layout.js';
import { isInteractive, wantsColor } from './painter.js';

test('wide characters count as two columns', () => {
  expect(padEnd('日本', 6)).toBe('日本  ');
  expect(padStart('日本', 6)).toBe('  日本');
  expect(fit('日本語のデータ', 8)).toBe('日本語…');
  expect(stringWidth(fit('👩‍👩‍👧 family and more', 5))).toBeLessThanOrEqual(5);
});

test('text is cut on one line, escapes dropped', () => {
  expect(fit('short', 10)).toBe('short');
  expect(fit('two\n lines', 20)).toBe('two lines');
  expect(fit(`${String.fromCharCode(27)}[31mred`, 10)).toBe('red');
  expect(fit('a longer sentence', 8)).toBe('a longe…');
});

test('text wraps at spaces, long words alone', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('a extraordinarily b', 5)).toEqual(['a', 'extraordinarily', 'b']);
  expect(wrap('  ', 5)).toEqual([]);
});

test('a sparkline runs from the highest to the lowest block', () => {
  expect(sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8)).toBe('█▇▆▅▄▃▂▁');
  expect(sparkline([2, 2], 8)).toBe('▄▄');
  expect(sparkline([1, Number.NaN], 8)).toBe('▄×');
  expect(
    sparkline(
      Array.from({ length: 100 }, (_, i) => -i),
      4,
    ),
  ).toBe('█▆▃▁');
});

test('NO_COLOR wins over FORCE_COLOR and is about colour only', () => {
  const terminal = { isTTY: true, write() {} };
  const pipe = { isTTY: false, write() {} };
  expect(wantsColor(terminal, {})).toBe(true);
  expect(wantsColor(pipe, {})).toBe(false);
  expect(wantsColor(pipe, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  expect(wantsColor(terminal, { NO_COLOR: '' })).toBe(true);
  expect(isInteractive(terminal, { NO_COLOR: '1' })).toBe(true);
  expect(isInteractive(terminal, { CI: '1' })).toBe(false);
  expect(isInteractive(pipe, {})).toBe(false);
});
