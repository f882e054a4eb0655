import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { afterAll, describe, expect, test } from 'vitest';
import { float } from '../../distributions/distribution.js';
import { StorageBusyError, StorageCorruptError, StorageError, StorageSchemaError } from '../../errors.js';
import { RandomSampler } from '../../samplers/random.js';
import { createStudy, loadStudy } from '../../study/create-study.js';
import { SqliteStorage } from './sqlite-storage.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.db`);

function execute(path: string, statements: string): void {
  const database = new Database(path);
  database.exec(statements);
  database.close();
}

describe('trials read all at once', () => {
  test.each([2, 50])(
    'are those read one by one, of %i parameters, some absent, some with other ranges',
    async (count) => {
      const storage = await SqliteStorage.open(':memory:');
      const { id } = await storage.createStudy('a', ['minimize', 'maximize']);
      for (let i = 0; i < 12; i++) {
        const values = [i % 5 === 0 ? Number.POSITIVE_INFINITY : i, i % 5 === 1 ? Number.NEGATIVE_INFINITY : -i];
        const names = Array.from({ length: count }, (_, p) => `p${p}`).filter((_, p) => (i + p) % 4 > 0);
        const distributions = Object.fromEntries(names.map((name) => [name, float(0, i % 3 === 0 ? 2 : 1)]));
        const params = Object.fromEntries(names.map((name, p) => [name, p / count]));
        await storage.addTrial(id, { state: 'COMPLETE', values, params, distributions, userAttributes: { i } });
      }
      await storage.addTrial(id, { state: 'WAITING' });
      const trials = await storage.getTrials(id);
      expect(trials).toHaveLength(13);
      for (const trial of trials) expect(trial).toEqual(await storage.getTrial(trial.id));
      await storage.close();
    },
  );
});

describe('a SQLite file', () => {
  test('holds the schema version that Optuna 3.2 to 5 expects', async () => {
    const path = newPath();
    await (await SqliteStorage.open(path)).close();
    const database = new Database(path);
    expect(database.prepare('SELECT version_num FROM alembic_version').raw().all()).toEqual([['v3.2.0.a']]);
    expect(database.prepare('SELECT version_info_id, schema_version FROM version_info').raw().all()).toEqual([[1, 12]]);
    expect(database.pragma('journal_mode')).toEqual([expect.objectContaining({ journal_mode: 'delete' })]);
    database.close();
  });
  test('of another version is refused with what to do', async () => {
    for (const [version, remedy] of [
      ['v2.6.0.a', /optuna storage upgrade/],
      ['v9.0.0.a', /newer release/],
    ] as const) {
      const path = newPath();
      await (await SqliteStorage.open(path)).close();
      execute(path, `UPDATE alembic_version SET version_num = '${version}'`);
      const opening = SqliteStorage.open(path);
      await expect(opening).rejects.toThrow(StorageSchemaError);
      await expect(opening).rejects.toThrow(remedy);
    }
  });
  test('that is none, is damaged, or is of something else is refused and left as it is', async () => {
    const text = newPath();
    writeFileSync(text, 'learning_rate,loss\n'.repeat(200));
    await expect(SqliteStorage.open(text)).rejects.toThrow(StorageCorruptError);
    expect(readFileSync(text, 'utf8')).toContain('learning_rate');
    const other = newPath();
    execute(other, 'CREATE TABLE customers (id INTEGER)');
    await expect(SqliteStorage.open(other)).rejects.toThrow(/not of studies/);
    await expect(SqliteStorage.open(join(folder, 'missing', 'a.db'))).rejects.toThrow(StorageError);
    const damaged = newPath();
    await (await createStudy({ storage: await SqliteStorage.open(damaged), name: 'a' })).storage.close();
    const bytes = readFileSync(damaged);
    writeFileSync(damaged, bytes.fill(0x5a, 100, bytes.length));
    await expect(SqliteStorage.open(damaged)).rejects.toThrow(StorageCorruptError);
  });
  test('in write-ahead-log mode is brought back to the safe journal', async () => {
    const path = newPath();
    await (await SqliteStorage.open(path)).close();
    execute(path, 'PRAGMA journal_mode=WAL');
    await (await SqliteStorage.open(path)).close();
    expect(readFileSync(path)[18]).toBe(1);
  });
  test('held by another connection is waited for, then given up with a clear error', async () => {
    const path = newPath();
    const storage = await SqliteStorage.open(path, { busyTimeoutMs: 150 });
    const holder = new Database(path);
    holder.exec('BEGIN IMMEDIATE');
    await expect(storage.createStudy('a', ['minimize'])).rejects.toThrow(StorageBusyError);
    const patient = await SqliteStorage.open(path);
    const waiting = patient.createStudy('a', ['minimize']);
    setTimeout(() => holder.exec('COMMIT'), 100);
    expect((await waiting).name).toBe('a');
    holder.close();
  });
  test('goes on after it was closed', async () => {
    const path = newPath();
    const study = await createStudy({
      storage: await SqliteStorage.open(path),
      name: 'a',
      sampler: new RandomSampler({ seed: 1 }),
    });
    const trial = await study.ask({ x: float(0, 1) });
    await study.storage.close();
    const again = await loadStudy({ storage: await SqliteStorage.open(path), name: 'a' });
    expect((await again.trials())[0]).toMatchObject({ state: 'RUNNING', params: trial.params });
    await again.tell(0, 1);
    expect((await again.bestTrial()).values).toEqual([1]);
  });
});

test('four processes on one study: every enqueued trial once, no number missing, no write lost', async () => {
  const path = newPath();
  const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
  for (let i = 0; i < 12; i++) await study.enqueue({ x: i });
  const worker = new URL('../../../test/study-worker.mjs', import.meta.url);
  const exits = Array.from({ length: 4 }, () => {
    const child = fork(worker, [path, 'a', '10'], { execArgv: [] });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
  const trials = await study.trials();
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(trials.every(({ state, params, values }) => state === 'COMPLETE' && values![0] === params.x)).toBe(true);
  const fixed = trials.filter(({ systemAttributes }) => systemAttributes.fixed_params);
  expect(fixed.map(({ params }) => params.x)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  expect(new Set(trials.map(({ userAttributes }) => userAttributes.process)).size).toBeGreaterThan(1);
});

test('killed processes lose no finished trial and leave the file sound', async () => {
  const path = newPath();
  const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
  const worker = new URL('../../../test/study-worker.mjs', import.meta.url);
  const ended: number[] = [];
  for (let round = 1; round <= 3; round++) {
    const child = fork(worker, [path, 'a', '10000'], { execArgv: [] });
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.on('message', (number) => {
      ended.push(number as number);
      // More of them may have come at once.
      if (ended.length >= 3 * round) child.kill('SIGKILL');
    });
    await exit;
  }
  const trials = await study.trials();
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i));
  for (const number of ended)
    expect(trials[number]).toMatchObject({ state: 'COMPLETE', values: [trials[number]!.params.x] });
  const database = new Database(path);
  expect(database.prepare('PRAGMA integrity_check').raw().all()).toEqual([['ok']]);
  database.close();
});

test('eight processes killed at random: unique numbers, no trial claimed twice, a sound file', {
  timeout: 1_200_000,
}, async () => {
  const path = newPath();
  const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
  for (let i = 0; i < 24; i++) await study.enqueue({ x: i % 20 });
  const worker = new URL('../../../test/study-worker.mjs', import.meta.url);
  const told: number[] = [];
  let next = 7;
  const runOne = async (): Promise<void> => {
    while (told.length < 40) {
      const child = fork(worker, [path, 'a', '10000'], { execArgv: [] });
      const exit = new Promise((resolve) => child.once('exit', resolve));
      // A linear congruential generator: killed after one to five trials.
      next = (next * 1103515245 + 12345) % 2 ** 31;
      let left = 1 + (next % 5);
      child.on('message', (number) => {
        told.push(number as number);
        if (--left === 0) child.kill('SIGKILL');
      });
      await exit;
    }
  };
  await Promise.all(Array.from({ length: 8 }, runOne));
  const trials = await study.trials();
  expect(new Set(told).size).toBe(told.length);
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, i) => i));
  for (const number of told)
    expect(trials[number]).toMatchObject({ state: 'COMPLETE', values: [trials[number]!.params.x] });
  const queued = trials.slice(0, 24).filter(({ state }) => state === 'COMPLETE');
  expect(queued.every(({ number, params }) => params.x === number % 20)).toBe(true);
  const database = new Database(path);
  expect(database.prepare('PRAGMA integrity_check').raw().all()).toEqual([['ok']]);
  database.close();
});

describe('a write that cannot be made', () => {
  test('in a file opened to be read says so', async () => {
    const path = newPath();
    const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
    await study.storage.close();
    const storage = await SqliteStorage.open(path, { readOnly: true });
    expect((await storage.getStudies()).map(({ name }) => name)).toEqual(['a']);
    await expect(storage.createStudy('b', ['minimize'])).rejects.toThrow(
      /could not be used: it is open for reading only/,
    );
    await storage.close();
    await expect(SqliteStorage.open(newPath(), { readOnly: true })).rejects.toThrow(/There is no file/);
  });
  test.skipIf(process.platform === 'win32')('for want of space ends with what to do, and loses nothing', async () => {
    const path = newPath();
    const study = await createStudy({ storage: await SqliteStorage.open(path), name: 'a' });
    const worker = fileURLToPath(new URL('../../../test/study-worker.mjs', import.meta.url));
    // No file may grow beyond 160 kB; the signal that would end the process is ignored.
    const script = `trap '' XFSZ; ulimit -f 160; exec "$0" "$@"`;
    const { stderr, status } = spawnSync('bash', ['-c', script, process.execPath, worker, path, 'a', '10000'], {
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/StorageError: '.*' could not be used: the disk/);
    const trials = await study.trials();
    expect(trials.length).toBeGreaterThan(20);
    expect(
      trials.slice(0, -1).every(({ state, params, values }) => state === 'COMPLETE' && values![0] === params.x),
    ).toBe(true);
    const trial = await study.ask({ x: float(0, 20) });
    expect((await study.tell(trial, 1)).state).toBe('COMPLETE');
    await study.storage.close();
  });
});
