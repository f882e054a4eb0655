import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { writeFileAtomic } from './atomic.js';
import { writeError } from './file-errors.js';
import { stateFolderOf } from './folder.js';
import { acquireLock } from './lock.js';
import { checkOutput, writeOutput } from './output.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goldilocks-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('replaces a file and leaves nothing else behind', async () => {
    const path = join(folder, 'deep', 'a.json');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.json']);
  });

  it('says what to do when the path cannot be written, and keeps no part', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toThrow(
      /Could not write .*taken: there is a folder/,
    );
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('names a full disk', () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    expect(writeError('/x', full)).toMatchObject({ message: expect.stringContaining('the disk is full'), exitCode: 1 });
    const other = new TypeError('bug');
    expect(writeError('/x', other)).toBe(other);
  });
});

describe('stateFolderOf', () => {
  it('lies beside the data', () => {
    const state = stateFolderOf('/data/set/rows.jsonl');
    expect(state.studies).toBe('/data/set/.goldilocks/studies.db');
    expect(state.trial('rows-1', 7)).toBe('/data/set/.goldilocks/runs/rows-1/0007');
  });
});

describe('acquireLock', () => {
  it('refuses a second holder until released', async () => {
    const path = join(folder, 'lock');
    const lock = await acquireLock(path, 'study «a»');
    await expect(acquireLock(path, 'study «a»')).rejects.toThrow(`study «a» (process ${process.pid})`);
    await lock.release();
    await (await acquireLock(path, 'study «a»')).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from a process that is gone, and from a broken file', async () => {
    const path = join(folder, 'lock');
    const { hostname } = await import('node:os');
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => child.once('exit', done));
    await writeFile(path, JSON.stringify({ pid: child.pid, host: hostname(), started: '1' }));
    await (await acquireLock(path, 'a')).release();
    await writeFile(path, '{"pid":');
    await (await acquireLock(path, 'a')).release();
  });

  it.runIf(process.platform === 'linux')('is not fooled by a new process with the old number', async () => {
    const path = join(folder, 'lock');
    const { hostname } = await import('node:os');
    await writeFile(path, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
    await (await acquireLock(path, 'a')).release();
  });
});

describe('the output folder', () => {
  it('is refused when it holds something, with what to do', async () => {
    await writeFile(join(folder, 'thesis.txt'), '');
    await expect(checkOutput(folder, { overwrite: true })).rejects.toThrow(/already in use \(it holds thesis.txt\)/);
    await expect(checkOutput(join(folder, 'thesis.txt'))).rejects.toThrow(/is a file; a folder is needed/);
  });

  it('appears whole or not at all', async () => {
    const out = join(folder, 'out');
    const failing = writeOutput(out, async (partial) => {
      await writeFile(join(partial, 'half'), '');
      throw new UserError('stopped');
    });
    await expect(failing).rejects.toThrow('stopped');
    expect(await readdir(folder)).toEqual([]);
    await writeOutput(out, (partial) => writeFile(join(partial, 'report.json'), '{}'));
    await expect(checkOutput(out)).rejects.toThrow(/--overwrite/);
    await writeOutput(out, (partial) => writeFile(join(partial, 'report.json'), '1'), { overwrite: true });
    expect(await readFile(join(out, 'report.json'), 'utf8')).toBe('1');
    expect(await readdir(folder)).toEqual(['out']);
  });

  it.skipIf(process.getuid?.() === 0)('is refused when the parent is read-only', async () => {
    await chmod(folder, 0o500);
    await expect(checkOutput(join(folder, 'out'))).rejects.toThrow(/writing there is not allowed/);
    await chmod(folder, 0o700);
  });
});
