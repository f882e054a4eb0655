// Whatever the bytes, reading ends in data or in a UserError: never in another error, never half-way.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { readData } from './read.js';
import { readLines } from './reading/lines.js';
import { dataFile, jsonLines, sentence } from './testing/data-file.js';

const names = ['a.jsonl', 'a.json', 'a.csv', 'a.tsv', 'a.parquet', 'a.txt'];
const rows = Array.from({ length: 12 }, (_, i) => ({ text: sentence(i), label: i % 2 ? 'a' : 'b' }));
const parquet = readFileSync(join(import.meta.dirname, '../../../../goldens/inspect/labelled-snappy.parquet'));
const seeds: [string, Uint8Array][] = [
  ['a.jsonl', Buffer.from(jsonLines(rows))],
  ['a.json', Buffer.from(JSON.stringify(rows, null, 1))],
  ['a.csv', Buffer.from(`text,label\n${rows.map(({ text, label }) => `"${text}",${label}`).join('\n')}\n`)],
  ['a.parquet', parquet],
];

async function readsOrSaysWhy(path: string, bytes: Uint8Array): Promise<void> {
  writeFileSync(path, bytes);
  for (const skipBadRows of [false, true]) {
    try {
      const data = await readData(path, { skipBadRows });
      expect(data.rows.length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.message.length).toBeGreaterThan(20);
    }
  }
}

describe('readers', () => {
  it.each(names)('take any bytes as %s', async (name) => {
    const path = dataFile(name, '');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => readsOrSaysWhy(path, bytes)),
      { numRuns: 60 },
    );
  });

  it.each(['a.jsonl', 'a.json', 'a.csv', 'a.tsv'])('take any text of structural characters as %s', async (name) => {
    const path = dataFile(name, '');
    const unit = fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r',
      '\t',
      ';',
      '{',
      '}',
      '[',
      ']',
      ':',
      'text',
      '"text"',
      'a',
      '\\',
      '\ufeff',
      ' ',
      '1',
      'null',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 80 }), (text) => readsOrSaysWhy(path, Buffer.from(text))),
      { numRuns: 150 },
    );
  });

  it.each(seeds)('take a sound %s with bytes changed or cut', async (name, seed) => {
    const path = dataFile(name, '');
    const changes = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, fc.option(fc.nat(seed.length)), async (list, cut) => {
        const bytes = Uint8Array.from(seed);
        for (const [position, value] of list) bytes[position] = value;
        await readsOrSaysWhy(path, bytes.subarray(0, cut ?? bytes.length));
      }),
      { numRuns: 120 },
    );
  });

  it('CSV values come back as they were written, by the quoting rules of RFC 4180', async () => {
    const path = dataFile('a.csv', '');
    const value = fc
      .string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', ';', '😀', ' '), maxLength: 12 })
      .map((text) => `x${text}x`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 }), async (pairs) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        writeFileSync(path, `prompt,completion\n${pairs.map((pair) => pair.map(quote).join(',')).join('\n')}\n`);
        const data = await readData(path, {});
        expect(data.rows.map(({ text, target }) => [text, target])).toEqual(pairs);
      }),
      { numRuns: 80 },
    );
  });
});

describe('readLines', () => {
  it('counts lines as a split does, whatever the chunks', async () => {
    const path = dataFile('a.txt', '');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' ') })), async (lines) => {
        writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
        const read = [];
        for await (const line of readLines(path)) read.push(line.text);
        expect(read).toEqual(lines.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 50 },
    );
  });

  it('does not keep an overlong line', async () => {
    const path = dataFile('a.txt', `short\n${'x'.repeat(200_000)}\nlast`);
    const read = [];
    for await (const line of readLines(path, 1000)) read.push(line);
    expect(read).toEqual([
      { number: 1, text: 'short' },
      { number: 2, fault: 'longer than 1000 bytes' },
      { number: 3, text: 'last' },
    ]);
  });
});
