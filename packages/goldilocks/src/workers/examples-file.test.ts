import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readExamples, writeExamples } from './examples-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const examples = [
  { ids: Int32Array.of(1, 2, 70_000), supervised: Uint8Array.of(0, 0, 1), supervisedBytes: 3, truncatedTokens: 0 },
  { ids: new Int32Array(), supervised: new Uint8Array(), supervisedBytes: 0, truncatedTokens: 9 },
  { ids: Int32Array.of(-1, 5), supervised: Uint8Array.of(0, 1), supervisedBytes: 1, truncatedTokens: 0 },
];

it('reads what was written, in any order', async () => {
  const path = join(folder, 'a.examples');
  await writeExamples(path, examples);
  expect(await readExamples(path)).toEqual(examples);
  expect(await readExamples(path, [2, 0, 2])).toEqual([examples[2], examples[0], examples[2]]);
  await expect(readExamples(path, [3])).rejects.toThrow(/holds 3 examples; asked for number 3/);
});

it('refuses a file of which any byte changed', async () => {
  const path = join(folder, 'b.examples');
  await writeExamples(path, examples);
  const bytes = await readFile(path);
  for (const cut of [0, 10, bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, cut));
    await expect(readExamples(path)).rejects.toThrow(/is damaged. Delete it/);
  }
  bytes[bytes.length - 3]! ^= 1;
  await writeFile(path, bytes);
  await expect(readExamples(path)).rejects.toThrow(/is damaged/);
});
