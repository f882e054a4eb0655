import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt, stripControl } from './strip-control.js';

describe('stripControl', () => {
  it.each([
    ['colour', '\x1b[31mred\x1b[0m', 'red'],
    ['a hyperlink keeps its text only', '\x1b]8;;http://evil\x07here\x1b]8;;\x07', 'here'],
    ['the clipboard', 'a\x1b]52;c;ZXZpbA==\x1b\\b', 'ab'],
    ['an unfinished sequence', 'a\x1b]0;title', 'a'],
    ['C1 controls', 'a\x9b2Jb', 'ab'],
    ['bell, backspace, carriage return', 'a\x07\x08\rb', 'ab'],
    ['reordering marks', 'a\u202eb', 'ab'],
    ['tabs, newlines, accents and emoji stay', 'é\t😀\n', 'é\t😀\n'],
  ])('%s', (_, given, expected) => {
    expect(stripControl(given)).toBe(expected);
  });

  it('leaves no control character behind, and a second pass changes nothing', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\x1b', ']', '[', '8', ';', '\x07', '\\', 'm', 'a', '\x9b', '\x00'),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        const clean = stripControl(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what is checked
        expect(clean).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
        expect(stripControl(clean)).toBe(clean);
      }),
    );
  });
});

describe('excerpt', () => {
  it('is one line of at most the given length', () => {
    expect(excerpt('  a\n b ')).toBe('a b');
    expect(excerpt('x'.repeat(100), 10)).toBe(`${'x'.repeat(9)}…`);
  });
});
