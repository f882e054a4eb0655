import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { OutputError } from '../errors.js';
import { writeAll, writeAtomically } from './atomic-write.js';

const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
const path = join(folder, 'deep', 'file.bin');
const probe = await open(join(folder, 'probe'), 'w');
const handles = Object.getPrototypeOf(probe) as FileHandle;
await probe.close();
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const write = (text: string) => writeAtomically(path, (file) => writeAll(file, Buffer.from(text)));
const failure = (code: string) => Object.assign(new Error(code), { code });

test('makes the folder, and replaces the file whole', async () => {
  await write('first');
  await write('second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(join(folder, 'deep'))).toEqual(['file.bin']);
});

test.each([
  ['a full disk while writing', 'write', 'ENOSPC', /the disk is full/],
  ['a failed flush', 'sync', 'EIO', /the disk reported a failure/],
] as const)('%s leaves the old content and no temporary file', async (_, method, code, message) => {
  await write('old');
  vi.spyOn(handles, method).mockRejectedValue(failure(code));
  const attempt = write('new');
  await expect(attempt).rejects.toThrow(OutputError);
  await expect(attempt).rejects.toThrow(message);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(join(folder, 'deep'))).toEqual(['file.bin']);
});

test('a path that leads through a file, or ends in a folder', async () => {
  writeFileSync(join(folder, 'plain'), '');
  mkdirSync(join(folder, 'taken'));
  const put = (name: string) => writeAtomically(join(folder, name), async () => {});
  await expect(put('plain/x')).rejects.toThrow(/is a file, not a folder|something is in the way/);
  await expect(put('taken')).rejects.toThrow(OutputError);
});

test('errors of the writer pass through', async () => {
  const mistake = new TypeError('mine');
  await expect(writeAtomically(path, () => Promise.reject(mistake))).rejects.toBe(mistake);
});
