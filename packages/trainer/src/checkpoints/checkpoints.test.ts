import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OutputError } from '../errors.js';
import { CheckpointError } from './checkpoint-error.js';
import { loadBest, loadLatestCheckpoint, markBest, saveCheckpoint } from './checkpoints.js';
import { type FileOperations, nodeFiles } from './file-operations.js';
import type { SnapshotContents } from './write-snapshot.js';

let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'checkpoints-')), 'run');
});

afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true, force: true });
});

function contents(step: number): SnapshotContents {
  return {
    step,
    tensors: [
      { name: 'a', data: Float32Array.from({ length: 37 }, (_, i) => i + step / 7) },
      { name: 'empty', data: new Float32Array(0) },
      { name: 'b', data: new Float32Array(10).subarray(3, 8).fill(-step) },
    ],
    json: { step, history: [{ loss: 1.5 }], text: 'größer' },
  };
}

async function expectLatest(step: number | undefined): Promise<void> {
  const loaded = await loadLatestCheckpoint(directory);
  if (step === undefined) {
    expect(loaded).toBeUndefined();
    return;
  }
  const expected = contents(step);
  expect(loaded).toMatchObject({ step, json: expected.json });
  expect([...loaded!.tensors]).toEqual([...expected.tensors].map(({ name, data }) => [name, data]));
}

describe('saving and loading', () => {
  test('the latest comes back as it was, into new arrays or given ones', async () => {
    expect(await loadLatestCheckpoint(directory)).toBeUndefined();
    await saveCheckpoint(directory, contents(10));
    await saveCheckpoint(directory, contents(20));
    await expectLatest(20);
    const a = new Float32Array(37);
    const loaded = await loadLatestCheckpoint(directory, { allocate: (name) => (name === 'a' ? a : undefined) });
    expect(loaded!.tensors.get('a')).toBe(a);
    expect(a).toEqual([...contents(20).tensors][0]!.data);
  });

  test('a tensor of another size is refused, and nothing is written to', async () => {
    await saveCheckpoint(directory, contents(10));
    const arrays = { a: new Float32Array(37), b: new Float32Array(4) } as Record<string, Float32Array>;
    const load = loadLatestCheckpoint(directory, { allocate: (name) => arrays[name] });
    await expect(load).rejects.toThrow('its tensor b has 5 elements, where 4 are expected');
    expect(arrays.a!.every((value) => value === 0)).toBe(true);
  });

  test('keeps the last two and the best, also where the best is the oldest', async () => {
    await saveCheckpoint(directory, contents(1));
    await markBest(directory, contents(1));
    for (const step of [2, 3, 4]) await saveCheckpoint(directory, contents(step));
    expect((await readdir(directory)).sort()).toEqual([
      'best-000001-step-1',
      'checkpoint-000003-step-3',
      'checkpoint-000004-step-4',
    ]);
    expect(await loadBest(directory)).toMatchObject({ step: 1 });
    await markBest(directory, contents(4));
    expect(await loadBest(directory)).toMatchObject({ step: 4 });
  });

  test('at limit 1 the newest survives; a step saved again, or an earlier one, is the latest', async () => {
    for (const step of [5, 6, 6, 2]) {
      await saveCheckpoint(directory, contents(step), { keep: 1 });
      await expectLatest(step);
    }
    expect(await readdir(directory)).toHaveLength(1);
  });

  test('leftovers of this process and of dead ones are removed, those of living ones and other files are not', async () => {
    const dead = '.partial-999999999-00ff';
    const living = `.partial-${process.ppid}-00ff`;
    for (const name of [dead, living, `.partial-${process.pid}-00ff`, 'notes']) {
      await mkdir(join(directory, name), { recursive: true });
    }
    await saveCheckpoint(directory, contents(1));
    expect((await readdir(directory)).sort()).toEqual([living, 'checkpoint-000001-step-1', 'notes'].sort());
  });
});

describe('damage', () => {
  const fileNames = ['tensors.bin', 'state.json', 'manifest.json'];
  const newest = (name: string) => join(directory, 'checkpoint-000002-step-20', name);

  beforeEach(async () => {
    await saveCheckpoint(directory, contents(10));
    await saveCheckpoint(directory, contents(20));
  });

  test('any byte flipped, or any number of bytes cut off: refused, and the one before is used', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...fileNames),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (name, at, flip, cut) => {
          const original = await readFile(newest(name));
          const position = at % original.length;
          const damaged = Buffer.from(original);
          damaged[position]! ^= flip;
          await (cut ? truncate(newest(name), position) : writeFile(newest(name), damaged));
          const loaded = await loadLatestCheckpoint(directory);
          await writeFile(newest(name), original);
          expect(loaded).toMatchObject({
            step: 10,
            rejected: [{ path: join(directory, 'checkpoint-000002-step-20') }],
          });
        },
      ),
      { numRuns: 150 },
    );
    await expectLatest(20);
  });

  test.each(fileNames)('%s missing, or with a byte more', async (name) => {
    const original = await readFile(newest(name));
    await writeFile(newest(name), Buffer.concat([original, Buffer.from('\n')]));
    await expectLatest(10);
    await rm(newest(name));
    await expectLatest(10);
  });

  test('nothing sound left: says so, with each reason', async () => {
    await rm(newest('state.json'));
    await truncate(join(directory, 'checkpoint-000001-step-10', 'tensors.bin'), 3);
    const load = loadLatestCheckpoint(directory);
    await expect(load).rejects.toBeInstanceOf(CheckpointError);
    await expect(load).rejects.toThrow(
      /No usable checkpoint in .*ENOENT.*has 3 bytes instead of 168.*start the run afresh/,
    );
  });
});

/** Node's operations, except that call number `failing` of the counted ones fails as `code`. */
function failingFiles(failing: number, code: string): { files: FileOperations; failed: () => string | undefined } {
  let calls = 0;
  let failed: string | undefined;
  const point = <Args extends unknown[], T>(name: string, operation: (...args: Args) => Promise<T>) => {
    return async (...args: Args): Promise<T> => {
      calls += 1;
      if (calls !== failing) return operation(...args);
      failed = name;
      throw Object.assign(new Error(`${code}: simulated, ${name}`), { code });
    };
  };
  const files: FileOperations = {
    makeDirectory: point('makeDirectory', nodeFiles.makeDirectory),
    rename: point('rename', nodeFiles.rename),
    syncDirectory: point('syncDirectory', nodeFiles.syncDirectory),
    list: nodeFiles.list,
    remove: nodeFiles.remove,
    create: point('create', async (path: string) => {
      const file = await nodeFiles.create(path);
      const reportClosed = point('close', async () => {});
      const close = () => file.close().then(reportClosed);
      return { write: point('write', file.write), sync: point('sync', file.sync), close };
    }),
    open: point('open', async (path: string) => {
      const file = await nodeFiles.open(path);
      return { ...file, read: point('read', file.read) };
    }),
  };
  return { files, failed: () => failed };
}

describe('failures while saving', () => {
  test.each(['EIO', 'ENOSPC'])('%s at each operation: clear error, nothing lost, nothing left over', async (code) => {
    await saveCheckpoint(directory, contents(10));
    await saveCheckpoint(directory, contents(20));
    const before = (await readdir(directory)).sort();
    const met = new Set<string>();
    for (let failing = 1; ; failing++) {
      const { files, failed } = failingFiles(failing, code);
      const result = await saveCheckpoint(directory, contents(30), { files }).catch((error: unknown) => error);
      const operation = failed();
      if (operation === undefined) break;
      met.add(operation);
      const now = (await readdir(directory)).sort();
      if (now.includes('checkpoint-000003-step-30')) {
        // Already renamed: only making that lasting, or removing what is old, can fail; the new one is there and sound.
        expect(['syncDirectory', 'rename']).toContain(operation);
        expect(now).toEqual(expect.arrayContaining(before.slice(1)));
        await expectLatest(30);
        await rm(join(directory, 'checkpoint-000003-step-30'), { recursive: true });
        await rm(join(directory, before[0]!), { recursive: true, force: true });
        await rm(join(directory, before[1]!), { recursive: true, force: true });
        await saveCheckpoint(directory, contents(10));
        await saveCheckpoint(directory, contents(20));
        continue;
      }
      expect(result).toBeInstanceOf(OutputError);
      expect((result as Error).message).toContain(code === 'EIO' ? 'check it, then resume' : 'make room, then resume');
      expect((result as Error).message).toMatch(/step 30 could not be saved in .* Earlier ones are untouched/);
      expect(now).toEqual(before);
      await expectLatest(20);
    }
    expect([...met].sort()).toEqual(
      ['close', 'create', 'makeDirectory', 'open', 'read', 'rename', 'sync', 'syncDirectory', 'write'].sort(),
    );
    await expectLatest(30);
  });

  test('an old checkpoint that cannot be removed is reported, and removed by the next save', async () => {
    await saveCheckpoint(directory, contents(1));
    await saveCheckpoint(directory, contents(2));
    const remove = async (path: string) => {
      throw new Error(`EACCES: simulated, ${path}`);
    };
    const saved = await saveCheckpoint(directory, contents(3), { files: { ...nodeFiles, remove } });
    expect(saved.notRemoved).toMatchObject([{ path: join(directory, 'checkpoint-000001-step-1') }]);
    await expectLatest(3);
    expect((await saveCheckpoint(directory, contents(4))).notRemoved).toEqual([]);
    expect((await readdir(directory)).sort()).toEqual(['checkpoint-000003-step-3', 'checkpoint-000004-step-4']);
  });
});
