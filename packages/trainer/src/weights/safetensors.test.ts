import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { SafetensorsFile } from './safetensors.js';
import { writeSafetensors } from './write-safetensors.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const golden = JSON.parse(readFileSync(`${goldenFolder}/io/weights.json`, 'utf8')).safetensors;
const sound = Buffer.from(golden.base64, 'base64');

function fileOf(content: Uint8Array, name = 'x.safetensors'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A file with the given header text, or value, and so many bytes of data. */
function fileWith(header: unknown, dataBytes = 0, lengthField?: bigint): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(lengthField ?? BigInt(json.length));
  return fileOf(Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}

describe('reading', () => {
  test('tensors that the reference library wrote, in four precisions', () => {
    const file = SafetensorsFile.open(fileOf(sound));
    expect(file.metadata).toEqual(new Map([['format', 'pt']]));
    for (const [name, { shape, values }] of Object.entries<{ shape: number[]; values: number[] }>(golden.tensors)) {
      expect(file.info(name).shape).toEqual(shape);
      expect(Array.from(file.read(name))).toEqual(values);
    }
  });

  test('refuses integers as weights, and names a missing tensor', () => {
    const file = SafetensorsFile.open(fileOf(sound));
    expect(() => file.read('ids')).toThrow(/stored as I64/);
    expect(() => file.read('nothing')).toThrow(/nothing is missing/);
  });
});

const entry = (extra: object = {}) => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...extra });

const badHeaders: [string, () => string, RegExp][] = [
  ['empty file', () => fileOf(new Uint8Array(0)), /8 are needed/],
  ['seven bytes', () => fileOf(new Uint8Array(7)), /8 are needed/],
  ['header beyond the file', () => fileWith('{}', 0, 99n), /cut short/],
  ['header beyond the limit', () => fileWith('{}', 0, 2n ** 63n), /allows 100000000/],
  ['no JSON', () => fileWith('{"a":'), /not valid JSON/],
  ['invalid UTF-8', () => fileOf(Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe])), /not valid JSON/],
  ['an array', () => fileWith([]), /not a JSON object/],
  ['null', () => fileWith('null'), /not a JSON object/],
  [
    'the same tensor twice',
    () =>
      fileWith(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}, "\\u0061" :{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        8,
      ),
    /"a" twice/,
  ],
  [
    'a field twice',
    () => fileWith('{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}', 8),
    /"shape" twice/,
  ],
  ['metadata that is not text', () => fileWith({ __metadata__: { a: 1 } }), /not text/],
  ['metadata that is no object', () => fileWith({ __metadata__: 'x' }), /__metadata__/],
  ['unknown type', () => fileWith({ a: entry({ dtype: 'Q4' }) }, 8), /unknown type "Q4"/],
  ['a type named like a method', () => fileWith({ a: entry({ dtype: 'toString' }) }, 8), /unknown type/],
  ['a negative size', () => fileWith({ a: entry({ shape: [-2] }) }, 8), /list of sizes/],
  ['a fractional size', () => fileWith({ a: entry({ shape: [0.5, 4] }) }, 8), /list of sizes/],
  [
    'sizes whose product overflows',
    () => fileWith({ a: entry({ shape: [2 ** 33, 2 ** 33] }) }, 8),
    /needs 295147905179352825856 bytes/,
  ],
  ['fewer bytes than the shape needs', () => fileWith({ a: entry({ shape: [3] }) }, 8), /needs 12 bytes/],
  ['end before begin', () => fileWith({ a: entry({ data_offsets: [8, 0] }) }, 8), /needs 8 bytes/],
  ['three offsets', () => fileWith({ a: entry({ data_offsets: [0, 8, 16] }) }, 8), /data_offsets/],
  ['no offsets', () => fileWith({ a: { dtype: 'F32', shape: [2] } }, 8), /data_offsets/],
  ['an entry that is no object', () => fileWith({ a: 1 }), /described/],
  ['a hole', () => fileWith({ a: entry(), b: entry({ data_offsets: [12, 20] }) }, 20), /the one before ends/],
  ['an overlap', () => fileWith({ a: entry(), b: entry({ data_offsets: [4, 12] }) }, 12), /the one before ends/],
  ['not beginning at 0', () => fileWith({ a: entry({ data_offsets: [4, 12] }) }, 12), /the one before ends/],
  ['bytes after the end', () => fileWith({ a: entry() }, 9), /belong to no tensor/],
  ['cut short', () => fileOf(sound.subarray(0, -1)), /cut short/],
  ['a folder without weights', () => folder, /holds neither/],
  ['a missing file', () => join(folder, 'missing.safetensors'), /no such file/],
];

test.each(badHeaders)('refuses %s', (_, make, message) => {
  const path = make();
  expect(() => SafetensorsFile.open(path)).toThrow(ModelFormatError);
  expect(() => SafetensorsFile.open(path)).toThrow(message);
});

test('a tensor named like a prototype is a tensor', () => {
  const file = SafetensorsFile.open(fileWith('{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 8));
  expect(file.read('__proto__')).toEqual(new Float32Array(2));
});

test('any change of bytes is read or refused, never anything else', () => {
  const change = fc.record({ at: fc.nat(sound.length - 1), to: fc.nat(255) });
  const cut = fc.nat(sound.length);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), fc.option(cut), (changes, length) => {
      const bytes = Buffer.from(sound);
      for (const { at, to } of changes) bytes[at] = to;
      const path = fileOf(bytes.subarray(0, length ?? bytes.length));
      try {
        const file = SafetensorsFile.open(path);
        for (const name of file.names()) if (file.info(name).dtype.startsWith('F')) file.read(name);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFormatError);
      }
    }),
    { numRuns: 500 },
  );
});

describe('shards', () => {
  const shards = mkdtempSync(join(tmpdir(), 'shards-'));
  afterAll(() => rmSync(shards, { recursive: true }));
  const index = (weight_map: unknown) =>
    writeFileSync(join(shards, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
  const tensor = (name: string, value: number) =>
    ({ name, dtype: 'F32', shape: [1], data: Float32Array.of(value) }) as const;

  test('are read as one', async () => {
    await writeSafetensors(join(shards, 'one.safetensors'), [tensor('a', 1)]);
    await writeSafetensors(join(shards, 'two.safetensors'), [tensor('b', 2)]);
    index({ a: 'one.safetensors', b: 'two.safetensors' });
    const file = SafetensorsFile.open(shards);
    expect([...file.read('a'), ...file.read('b')]).toEqual([1, 2]);
  });

  test.each([
    ['outside the folder', { a: '../one.safetensors' }, /plain \*\.safetensors name/],
    ['absolute', { a: '/etc/x.safetensors' }, /plain/],
    ['hidden', { a: '..safetensors' }, /plain/],
    ['with a NUL', { a: 'one.safetensors\0.safetensors' }, /plain/],
    ['missing', { a: 'three.safetensors' }, /no such file/],
    ['without the tensor', { c: 'one.safetensors' }, /says that one.safetensors holds the tensor c/],
    ['none', {}, /empty/],
    ['not a map', [1], /weight_map/],
  ])('refuses an index with names %s', (_, map, message) => {
    index(map);
    expect(() => SafetensorsFile.open(shards)).toThrow(ModelFormatError);
    expect(() => SafetensorsFile.open(shards)).toThrow(message);
  });

  test('a device or a folder is no weights file', () => {
    symlinkSync('/dev/zero', join(shards, 'zero.safetensors'));
    index({ a: 'zero.safetensors' });
    expect(() => SafetensorsFile.open(shards)).toThrow(/not a regular file/);
  });
});

describe('writing', () => {
  const values = Float32Array.of(1, -2.5, 3.14159274, 0, 65504, 1e-8);

  test('comes back as it was, rounded once', async () => {
    const path = join(folder, 'written.safetensors');
    await writeSafetensors(path, [
      { name: 'half', dtype: 'F16', shape: [3], data: values.subarray(0, 3) },
      { name: 'brain', dtype: 'BF16', shape: [1, 3], data: () => values.slice(0, 3) },
      { name: 'single', dtype: 'F32', shape: [2, 3], data: values },
      { name: 'scalar', dtype: 'F32', shape: [], data: Float32Array.of(7) },
    ]);
    const file = SafetensorsFile.open(path);
    expect(file.read('single')).toEqual(values);
    expect(file.read('scalar')).toEqual(Float32Array.of(7));
    expect(Array.from(file.read('half'))).toEqual([1, -2.5, 3.140625]);
    expect(Array.from(file.read('brain'))).toEqual([1, -2.5, 3.140625]);
    for (const name of ['single', 'scalar']) expect(file.info(name).offset % 4).toBe(0);
  });

  test('refuses values that do not fill the shape, and leaves the old file', async () => {
    const target = mkdtempSync(join(folder, 'target-'));
    const path = join(target, 'a.safetensors');
    await writeSafetensors(path, [{ name: 'a', dtype: 'F32', shape: [1], data: Float32Array.of(1) }]);
    const wrong = { name: 'a', dtype: 'F32', shape: [7], data: values } as const;
    await expect(writeSafetensors(path, [wrong])).rejects.toThrow(/has 6 values, but shape \[7\] needs 7/);
    expect(SafetensorsFile.open(path).read('a')).toEqual(Float32Array.of(1));
    expect(readdirSync(target)).toEqual(['a.safetensors']);
  });

  test('refuses two tensors of one name', async () => {
    const tensor = { name: 'a', dtype: 'F32', shape: [6], data: values } as const;
    await expect(writeSafetensors(join(folder, 'twice'), [tensor, tensor])).rejects.toThrow(/twice/);
  });
});
