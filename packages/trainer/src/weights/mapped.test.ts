import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ensureFloat32File, type MappedWeights } from './mapped.js';
import { SafetensorsFile } from './safetensors.js';
import { type WritableDtype, writeSafetensors } from './write-safetensors.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mapped-')));
const cache = join(folder, 'cache');
afterAll(() => rmSync(folder, { recursive: true }));

const a = Float32Array.from({ length: 15 }, (_, i) => i - 3);
const b = Float32Array.of(0.5, -0.25);

async function model(dtype: WritableDtype, name = `${dtype}.safetensors`): Promise<SafetensorsFile> {
  await writeSafetensors(join(folder, name), [
    { name: 'a', dtype, shape: [3, 5], data: a },
    { name: 'b', dtype, shape: [2], data: b },
  ]);
  return SafetensorsFile.open(join(folder, name));
}

/** What the runtime sees: the bytes at the place an entry names. */
function mappedValues(mapped: MappedWeights, name: string): Float32Array {
  const { file, offset, shape } = mapped.entries.get(name)!;
  const bytes = readFileSync(join(mapped.folder, file));
  return new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * shape.reduce((x, y) => x * y)),
  );
}

test('16-bit weights are copied once, at aligned places', async () => {
  const weights = await model('BF16');
  const mapped = await ensureFloat32File(weights, cache);
  expect(mapped.folder).toBe(cache);
  expect(mappedValues(mapped, 'a')).toEqual(a);
  expect(mappedValues(mapped, 'b')).toEqual(b);
  for (const { offset } of mapped.entries.values()) expect(offset % 64).toBe(0);

  const files = readdirSync(cache);
  await ensureFloat32File(weights, cache);
  expect(readdirSync(cache)).toEqual(files);
});

test('a copy that was cut short is written again', async () => {
  const weights = await model('F16');
  const { entries } = await ensureFloat32File(weights, cache);
  truncateSync(join(cache, entries.get('a')!.file), 10);
  expect(mappedValues(await ensureFloat32File(weights, cache), 'a')).toEqual(a);
});

test('float32 weights stay where they are, also behind a link', async () => {
  await model('F32', 'blob');
  mkdirSync(join(folder, 'snapshot'));
  symlinkSync('../blob', join(folder, 'snapshot', 'model.safetensors'));
  const mapped = await ensureFloat32File(SafetensorsFile.open(join(folder, 'snapshot')), cache);
  expect(mapped.folder).toBe(folder);
  expect(mapped.entries.get('b')!.file).toBe('blob');
  expect(mappedValues(mapped, 'a')).toEqual(a);
});

test('the hash follows the content, not the name', async () => {
  const first = await ensureFloat32File(await model('BF16', 'one.safetensors'), cache);
  const second = await ensureFloat32File(await model('BF16', 'two.safetensors'), cache);
  const other = await ensureFloat32File(await model('F16', 'one.safetensors'), cache);
  expect(second.hash).toBe(first.hash);
  expect(other.hash).not.toBe(first.hash);
});

test('an unknown name is an error that says where it was looked for', async () => {
  const mapped = await ensureFloat32File(await model('F32'), cache);
  expect(() => mapped.read('c')).toThrow(/tensor c is missing in .*F32.safetensors/);
});
