import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { describeInspection } from './describe.js';
import { inspect } from './inspect.js';
import { dataFile, dataFolder, jsonLines, sentence } from './testing/data-file.js';
import type { InspectOptions } from './types.js';

const range = (count: number): number[] => [...Array(count).keys()];
const labelled = (count: number) => range(count).map((i) => ({ text: sentence(i), label: i % 2 ? 'good' : 'bad' }));

describe('formats', () => {
  const csv = (delimiter: string, end = '\n'): string =>
    ['text,label', ...labelled(20).map(({ text, label }) => `"${text}",${label}`)]
      .map((line) => line.replace(/,(?=label|good|bad)/g, delimiter))
      .join(end);

  it.each<[string, string, string]>([
    ['JSON Lines', 'a.jsonl', jsonLines(labelled(20))],
    [
      'JSON Lines with a byte order mark, CRLF and blank lines',
      'a.jsonl',
      `\ufeff${jsonLines(labelled(20)).replace(/\n/g, '\r\n\r\n')}`,
    ],
    ['JSON Lines under another ending', 'a.json', jsonLines(labelled(20))],
    ['JSON', 'a.json', JSON.stringify(labelled(20), null, 2)],
    ['JSON inside an object', 'a.json', JSON.stringify({ version: 1, rows: labelled(20) })],
    ['CSV', 'a.csv', csv(',')],
    ['CSV with semicolons, CRLF and a byte order mark', 'a.csv', `\ufeff${csv(';', '\r\n')}`],
    ['TSV', 'a.tsv', csv('\t')],
  ])('%s', async (_, name, content) => {
    const data = await inspect(dataFile(name, content));
    expect(data.rows.map(({ text, label }) => ({ text, label }))).toEqual(labelled(20));
    expect(data.task).toBe('classification');
    expect(data.labels).toEqual(['bad', 'good']);
    expect(data.rows[0]!.example).toEqual({ prompt: `${sentence(0)}\n`, completion: 'bad' });
  });

  it('gives the line a row starts at', async () => {
    const rows = labelled(20).map(({ text, label }, i) => `${i === 3 ? `"${text}\nand\nmore"` : `"${text}"`},${label}`);
    const data = await inspect(dataFile('a.csv', `text,label\n\n${rows.join('\n')}`));
    expect(data.rows.map((row) => row.line).slice(0, 6)).toEqual([3, 4, 5, 6, 9, 10]);
    const json = await inspect(
      dataFile(
        'a.json',
        `[\n${labelled(12)
          .map((row) => JSON.stringify(row))
          .join(',\n\n')}\n]`,
      ),
    );
    expect(json.rows.map((row) => row.line).slice(0, 3)).toEqual([2, 4, 6]);
  });

  it('reads train, validation and test files of a folder and keeps their splits', async () => {
    const folder = dataFolder({
      'train.jsonl': jsonLines(labelled(60).slice(0, 40)),
      'dev.jsonl': jsonLines(labelled(60).slice(40, 50)),
      'test.jsonl': jsonLines(labelled(60).slice(50)),
      'labels.json': '["good", "bad"]',
      'notes.txt': 'nothing',
    });
    const data = await inspect(folder);
    expect(data.files).toEqual(['train.jsonl', 'dev.jsonl', 'test.jsonl']);
    expect([data.splits.train.length, data.splits.validation.length, data.splits.test.length]).toEqual([40, 10, 10]);
    expect(data.splitNote).toContain('as given');
    const anew = await inspect(folder, { ignoreGivenSplits: true });
    expect(anew.splits.train.at(-1)).toBeGreaterThan(40);
  });

  it('takes what is missing from the training rows, and splits from a column', async () => {
    const rows = labelled(60).map((row, i) => ({ ...row, split: i < 48 ? 'train' : 'test' }));
    const data = await inspect(dataFile('a.jsonl', jsonLines(rows)));
    expect(data.splits.test).toEqual(range(60).slice(48));
    expect(data.splits.validation.length).toBeGreaterThan(4);
    expect(data.columns.split).toBe('split');
  });
});

describe('bad input', () => {
  const good = labelled(20);
  const withLine = (index: number, line: string): string =>
    jsonLines(good)
      .split('\n')
      .map((text, i) => (i === index ? line : text))
      .join('\n');

  it.each<[string, string, string | Uint8Array, InspectOptions, RegExp]>([
    ['an empty file', 'a.jsonl', '', {}, /a\.jsonl is empty/],
    ['white space only', 'a.jsonl', ' \n\n', {}, /only white space/],
    ['a binary file', 'a.csv', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), {}, /binary file/],
    ['UTF-16', 'a.csv', Buffer.from('\ufefftext,label', 'utf16le'), {}, /UTF-16/],
    ['an unknown format', 'a.txt', 'Once upon a time\n', {}, /in no format I know/],
    ['a broken line', 'a.jsonl', withLine(7, '{"text": "a'), {}, /a\.jsonl:8 \(not JSON.*--skip-bad-rows/],
    ['a line that is no object', 'a.jsonl', withLine(2, '42'), {}, /a\.jsonl:3 \(an object .* this is a number/],
    [
      'a column that holds lists',
      'a.jsonl',
      withLine(2, '{"text": [1], "label": "good"}'),
      {},
      /a\.jsonl:3 \("text" holds a list/,
    ],
    ['a row of other length', 'a.csv', `text,label\n${'a,b\n'.repeat(20)}a,b,c\n`, {}, /a\.csv:22 \(3 values/],
    [
      'a stray quotation mark',
      'a.csv',
      `text,label\n${'"a",b\n'.repeat(20)}"x,b\n${'"a",b\n'.repeat(5)}`,
      {},
      /One row .*a\.csv:22/,
    ],
    ['Latin-1', 'a.csv', Buffer.from(`text,label\ncaf\u00e9,a\n`, 'latin1'), {}, /a\.csv:2 \(not UTF-8/],
    ['broken JSON', 'a.json', '[\n{"text": "a"},\n{"text" "b"}\n]', {}, /a\.json:3 is not valid JSON/],
    ['JSON without rows', 'a.json', '{"a": 1}', {}, /no list of rows/],
    ['a column named twice', 'a.csv', 'text,text\na,b\n', {}, /names the column "text" twice/],
    ['wrong columns', 'a.csv', `id,amount\n${'1,2\n'.repeat(20)}`, {}, /Its columns are "id", "amount".*--text-column/],
    ['an option naming no column', 'a.jsonl', jsonLines(good), { labelColumn: 'lable' }, /no column "lable"/],
    ['one class only', 'a.jsonl', jsonLines(good.map((row) => ({ ...row, label: 'good' }))), {}, /same label, "good"/],
    ['fewer than 10 rows', 'a.jsonl', jsonLines(good.slice(0, 9)), {}, /has 9 rows; at least 10/],
    [
      'the same row again and again',
      'a.jsonl',
      jsonLines(good.map((_, i) => good[i % 4])),
      {},
      /only 4 different inputs/,
    ],
    ['all fields empty', 'a.jsonl', jsonLines(good.map(() => ({ text: ' ', label: 'a' }))), {}, /None of the 20 rows/],
    [
      'all rows too long',
      'a.jsonl',
      jsonLines(good),
      { countTokens: (text) => text.length, maxLength: 9 },
      /every row is longer than 9 tokens/,
    ],
    [
      'labels asked for where there are none',
      'a.jsonl',
      jsonLines(good.map(({ text }) => ({ text }))),
      { task: 'classification' },
      /no column with labels.*--label-column/,
    ],
    ['a share out of range', 'a.jsonl', jsonLines(good), { testShare: 1.5 }, /test share is 1\.5/],
    ['a file that claims to be Parquet', 'a.parquet', 'text', {}, /not a Parquet file/],
    ['a truncated Parquet file', 'a.parquet', 'PAR1PAR1PAR1', {}, /not a readable Parquet file/],
  ])('%s', async (_, name, content, options, message) => {
    const error = await inspect(dataFile(name, content), options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).exitCode).toBe(2);
  });

  it('a missing file, a folder without data, a path with NUL', async () => {
    await expect(inspect('/nowhere/data.jsonl')).rejects.toThrow(/no file or folder/);
    await expect(inspect(dataFolder({ 'a.txt': 'x' }))).rejects.toThrow(/without data files/);
    await expect(inspect('a\0b')).rejects.toThrow(UserError);
  });

  it('leaves bad rows out when asked to, and says so', async () => {
    const data = await inspect(dataFile('a.jsonl', withLine(7, '{"text": "a')), { skipBadRows: true });
    expect(data.rows).toHaveLength(19);
    expect(data.problems.find((found) => found.kind === 'unreadable-rows')).toMatchObject({
      count: 1,
      lines: [8],
      severity: 'error',
    });
  });

  it('resumes after a stray quotation mark without losing the lines that follow', async () => {
    const rows = labelled(30).map(({ text, label }) => `"${text}",${label}`);
    rows[9] = `"${sentence(9)},good`;
    rows[20] = `"${sentence(20)}\nsecond line",bad`;
    const data = await inspect(dataFile('a.csv', `text,label\n${rows.join('\n')}`), { skipBadRows: true });
    expect(data.rows).toHaveLength(29);
    expect(data.rows.find((row) => row.line === 22)?.text).toBe(`${sentence(20)}\nsecond line`);
    expect(data.statistics.unreadableRows).toBe(1);
  });
});

describe('hostile names', () => {
  it('treats __proto__ and constructor as plain names', async () => {
    const rows = range(20).map(
      (i) =>
        `{"__proto__": {"text": "x"}, "text": "${sentence(i)}", "label": "${i % 2 ? '__proto__' : 'constructor'}"}`,
    );
    const data = await inspect(dataFile('a.jsonl', rows.join('\n')));
    expect(data.labels).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'text')).toBeUndefined();
  });

  it('takes deep nesting as a bad row', async () => {
    const deep = `{"text": ${'['.repeat(50_000)}${']'.repeat(50_000)}, "label": "a"}`;
    await expect(inspect(dataFile('a.jsonl', `${jsonLines(labelled(12))}${deep}\n`))).rejects.toThrow(/a\.jsonl:13/);
  });

  it('prints no control characters from the data', async () => {
    const rows = range(20).map((i) => ({
      text: `\u001b]52;c;QQ==\u0007${sentence(i)}`,
      '\u001b]0;label': i % 2 ? '\u001b[31mred' : 'b',
    }));
    rows.push({ ...rows[0]!, '\u001b]0;label': '\u001b[31mred' });
    const data = await inspect(dataFile('a.jsonl', jsonLines(rows)), { labelColumn: '\u001b]0;label' });
    const lines = describeInspection(data);
    const words = [...lines, data.guess, ...data.problems.flatMap(({ message, advice }) => [message, advice])];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is checked
    expect(words.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    expect(data.problems.map(({ kind }) => kind)).toContain('contradictory-labels');
    expect(lines.join('\n')).toContain('red 11');
  });
});

describe('what it finds', () => {
  it('duplicates, contradictions, empty fields, each with its lines', async () => {
    const rows = [
      ...labelled(60),
      { text: sentence(4), label: 'bad' },
      { text: `  ${sentence(5)} `, label: 'bad' },
      { text: `${sentence(6).toUpperCase()}!`, label: 'bad' },
      { text: '', label: 'bad' },
    ];
    const { problems, statistics } = await inspect(dataFile('a.jsonl', jsonLines(rows)));
    const found = new Map(problems.map((entry) => [entry.kind, entry]));
    expect(found.get('exact-duplicates')?.lines).toEqual([61]);
    expect(found.get('contradictory-labels')?.lines).toEqual([6, 62]);
    expect(found.get('near-duplicates')?.lines).toEqual([63]);
    expect(found.get('empty-fields')?.lines).toEqual([64]);
    expect(statistics.contradictionShare).toBeCloseTo(2 / 63, 10);
  });

  it('leakage between given splits, and none where there is none', async () => {
    const train = jsonLines(labelled(60).slice(0, 40));
    const clean = dataFolder({ 'train.jsonl': train, 'test.jsonl': jsonLines(labelled(60).slice(40)) });
    expect((await inspect(clean)).problems.map(({ kind }) => kind)).not.toContain('leakage');
    const leaky = dataFolder({ 'train.jsonl': train, 'test.jsonl': jsonLines(labelled(60).slice(35)) });
    const leak = (await inspect(leaky)).problems.find(({ kind }) => kind === 'leakage');
    expect(leak?.places).toEqual([1, 2, 3, 4, 5].map((line) => `test.jsonl:${line}`));
  });

  it('unequal and rare labels', async () => {
    const rows = labelled(100).map((row, i) => ({ ...row, label: i < 3 ? 'rare' : 'usual' }));
    const { problems, statistics } = await inspect(dataFile('a.jsonl', jsonLines(rows)));
    expect(problems.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['class-imbalance', 'rare-labels']));
    const [p, q] = [0.03, 0.97];
    expect(statistics.labelBalance).toBeCloseTo(-(p * Math.log2(p) + q * Math.log2(q)), 10);
  });

  it('what a maximal length cuts', async () => {
    const rows = labelled(50).map((row, i) => ({
      ...row,
      text: `${row.text}${' word'.repeat(i === 7 ? 40 : i === 8 ? 30 : 0)}`,
    }));
    const countTokens = (text: string): number => text.split(/\s+/).filter(Boolean).length;
    const { statistics, problems } = await inspect(dataFile('a.jsonl', jsonLines(rows)), {
      countTokens,
      maxLength: 20,
    });
    const lengths = rows.map(({ text }) => countTokens(text) + 1);
    expect(statistics.tokens).toMatchObject({
      rowsCut: 2,
      total: lengths.reduce((a, b) => a + b),
      max: Math.max(...lengths),
    });
    expect(statistics.tokens?.tokensCut).toBe(lengths.reduce((sum, length) => sum + Math.max(0, length - 20), 0));
    expect(problems.find(({ kind }) => kind === 'too-long')?.lines).toEqual([8, 9]);
  });

  it('gives the same answer twice, and another hash for other data', async () => {
    const path = dataFile('a.jsonl', jsonLines(labelled(80)));
    const [first, second] = [await inspect(path), await inspect(path)];
    expect(second).toEqual(first);
    const other = await inspect(dataFile('a.jsonl', jsonLines(labelled(81))));
    expect(other.dataHash).not.toBe(first.dataHash);
    expect(first.dataHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('Parquet', () => {
  const golden = (name: string): string => join(import.meta.dirname, '../../../../goldens/inspect', name);

  it.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])(
    '%s, over several row groups, label numbers named',
    async (codec) => {
      const data = await inspect(golden(`labelled-${codec}.parquet`));
      expect(data.rows).toHaveLength(24);
      expect(data.rows.map(({ label }) => label).slice(0, 4)).toEqual(['praise', 'complaint', 'question', 'praise']);
      expect(data.rows[11]).toMatchObject({ line: 12, text: 'message number 11 about the parcel, café №11' });
    },
  );

  it('chat messages as nested lists', async () => {
    const data = await inspect(golden('chat.parquet'));
    expect(data.shape).toBe('chat');
    expect(data.rows[3]!.example).toEqual({
      messages: [
        { role: 'user', content: 'message number 3 about the parcel, café №3' },
        { role: 'assistant', content: 'answer 3' },
      ],
    });
  });
});
