import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, LONGEST_LINE } from './line-splitter.js';

function lines(text: string, cuts: readonly number[] = []): string[] {
  const bytes = Buffer.from(text);
  const splitter = new LineSplitter();
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const found = edges.slice(1).flatMap((edge, i) => splitter.push(bytes.subarray(edges[i], edge)));
  return [...found, ...splitter.end()];
}

describe('LineSplitter', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    [' 10%\r 20%\r100%\n{"loss":1}\n', [' 10%', ' 20%', '100%', '{"loss":1}']],
    ['\n\n', []],
    ['', []],
    ['größe 😀\n', ['größe 😀']],
  ])('%j', (text, expected) => expect(lines(text)).toEqual(expected));

  it('gives the same lines however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', ' ') });
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (given, cuts) => {
        expect(lines(given, cuts)).toEqual(lines(given));
      }),
    );
  });

  it('keeps the beginning of an endless line and goes on after it', () => {
    const splitter = new LineSplitter();
    const megabyte = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 32; i++) expect(splitter.push(megabyte)).toEqual([]);
    const [first, second] = splitter.push(Buffer.from('\nnext\n'));
    expect(first).toBe('x'.repeat(LONGEST_LINE));
    expect(second).toBe('next');
  });
});
