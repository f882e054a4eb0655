/** What may happen to a server and to the way there; needs one, named by GOLDILOCKS_POSTGRES (see .ci/with-postgres). */

import { execFile, fork } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cut, CuttingProxy } from '../../../test/cutting-proxy.js';
import { execute, newDatabase } from '../../../test/postgres.js';
import { float } from '../../distributions/distribution.js';
import { StorageError, StorageSchemaError, StorageUnavailableError } from '../../errors.js';
import { createStudy } from '../../study/create-study.js';
import { keepAlive, recoverLostTrials } from '../../study/heartbeat.js';
import type { Storage } from '../storage.js';
import { PostgresStorage } from './postgres-storage.js';

const server = process.env.GOLDILOCKS_POSTGRES;
const control = process.env.GOLDILOCKS_POSTGRES_CTL;
const ctl = (...args: string[]) => promisify(execFile)(control!, args);

describe.skipIf(!server)('PostgresStorage, on a server: a connection cut', () => {
  let proxy: CuttingProxy;
  let cut: Storage;
  let direct: Storage;
  beforeAll(async () => {
    const url = await newDatabase(server!);
    proxy = await CuttingProxy.start(url);
    [cut, direct] = await Promise.all([PostgresStorage.open(proxy.url), PostgresStorage.open(url)]);
  });
  afterAll(async () => {
    await Promise.all([cut.close(), direct.close()]);
    await proxy.close();
  });

  let studies = 0;
  const x = new Map([['x', { internal: 0.5, distribution: float(0, 1) }]]);
  const cases: [string, (id: number, when: Cut) => Promise<void>][] = [
    [
      'a new trial is started once',
      async (id) => {
        const trial = await cut.startTrial(id);
        expect(await direct.getTrials(id)).toEqual([trial]);
        expect(trial).toMatchObject({ number: 0, state: 'RUNNING' });
      },
    ],
    [
      'a waiting trial is claimed once',
      async (id) => {
        for (let i = 0; i < 2; i++) await direct.addTrial(id, { state: 'WAITING', userAttributes: { i } });
        const trial = await cut.startTrial(id);
        expect(trial).toMatchObject({ number: 0, state: 'RUNNING', userAttributes: { i: 0 } });
        expect((await direct.getTrials(id)).map(({ state }) => state)).toEqual(['RUNNING', 'WAITING']);
      },
    ],
    [
      'a parameter is written once',
      async (id) => {
        const trial = await direct.startTrial(id);
        await cut.writeTrial(trial.id, { params: x, userAttributes: { a: 1 } });
        expect(await direct.getTrial(trial.id)).toMatchObject({ params: { x: 0.5 }, userAttributes: { a: 1 } });
      },
    ],
    [
      'parameters that are known are written once',
      async (id, when) => {
        const write = async () => {
          const trial = await cut.startTrial(id);
          await cut.writeTrial(trial.id, { params: x });
          return trial;
        };
        // Whether the study uses the name for something else is known only then.
        for (let i = 0; i < 2; i++) await write();
        const trial = await cut.startTrial(id);
        proxy.cutNext(when);
        await cut.writeTrial(trial.id, { params: x, systemAttributes: { a: 1 } });
        const written = await direct.getTrial(trial.id);
        expect(written).toMatchObject({ params: { x: 0.5 }, systemAttributes: { a: 1 } });
        await expect(cut.writeTrial(trial.id, { params: x })).rejects.toThrow(/already set/);
        proxy.cutNext(when);
        await cut.finishTrial(trial.id, 'COMPLETE', [1]);
        expect(await direct.getTrial(trial.id)).toMatchObject({ state: 'COMPLETE', values: [1] });
        await expect(cut.finishTrial(trial.id, 'COMPLETE', [1])).rejects.toThrow(/already ended/);
      },
    ],
    [
      'a trial is finished once',
      async (id) => {
        const trial = await direct.startTrial(id);
        const completedAt = await cut.finishTrial(trial.id, 'COMPLETE', [0.25], { params: x });
        const ended = { state: 'COMPLETE', values: [0.25], params: { x: 0.5 }, completedAt };
        expect(await direct.getTrial(trial.id)).toMatchObject(ended);
      },
    ],
    [
      'a trial is added once',
      async (id) => {
        const added = await cut.addTrial(id, { state: 'COMPLETE', values: [1] });
        expect(await direct.getTrials(id)).toEqual([added]);
      },
    ],
    [
      'a study is created once',
      async (id) => {
        const created = await cut.createStudy(`of ${id}`, ['maximize']);
        expect(await direct.findStudy(`of ${id}`)).toEqual(created);
      },
    ],
    [
      'a study is deleted once, and attributes are set',
      async (id) => {
        await cut.setStudyUserAttribute(id, 'a', 1);
        expect((await direct.getStudy(id)).userAttributes).toEqual({ a: 1 });
        proxy.cutNext('after the commit');
        await cut.deleteStudy(id);
        expect((await direct.getStudies()).some((study) => study.id === id)).toBe(false);
      },
    ],
    [
      'a lost trial is failed once',
      async (id) => {
        const trial = await direct.startTrial(id);
        await direct.recordHeartbeat(trial.id);
        expect((await cut.failStaleTrials(id, -1)).map(({ number }) => number)).toEqual([0]);
        expect((await direct.getTrial(trial.id)).state).toBe('FAIL');
      },
    ],
  ];
  for (const when of ['before the commit', 'after the commit'] satisfies Cut[]) {
    test.each(cases)(`${when}: %s`, async (_, run) => {
      const { id } = await direct.createStudy(`study ${studies++}`, ['minimize']);
      const before = proxy.cuts;
      proxy.cutNext(when);
      await run(id, when);
      expect(proxy.cuts).toBeGreaterThan(before);
    });
  }
});

describe.skipIf(!server)('PostgresStorage, on a server', () => {
  test('first opened by several processes at once is laid out once', async () => {
    const url = await newDatabase(server!);
    const storages = await Promise.all(Array.from({ length: 6 }, () => PostgresStorage.open(url)));
    await Promise.all(storages.map((storage, i) => storage.createStudy(`study ${i}`, ['minimize'])));
    expect(await storages[0]!.getStudies()).toHaveLength(6);
    await Promise.all(storages.map((storage) => storage.close()));
  });

  test('of one name, one of several callers creates the study', async () => {
    const url = await newDatabase(server!);
    const storages = await Promise.all([PostgresStorage.open(url), PostgresStorage.open(url)]);
    const studies = await Promise.all(
      Array.from({ length: 8 }, (_, i) => createStudy({ storage: storages[i % 2]!, name: 'a', loadIfExists: true })),
    );
    expect(new Set(studies.map(({ id }) => id)).size).toBe(1);
    await Promise.all(storages.map((storage) => storage.close()));
  });

  test('of another version, of something else, without rights or read-only is refused with what to do', async () => {
    const url = await newDatabase(server!);
    await (await PostgresStorage.open(url)).close();
    await execute(url, "UPDATE alembic_version SET version_num = 'v9.0.0.a'");
    await expect(PostgresStorage.open(url)).rejects.toThrow(StorageSchemaError);
    await expect(PostgresStorage.open(url)).rejects.toThrow(/newer release/);
    const other = await newDatabase(server!);
    await execute(other, 'CREATE TABLE studies (name text)');
    await expect(PostgresStorage.open(other)).rejects.toThrow(/another program/);
    const readOnly = `${await newDatabase(server!)}?options=-cdefault_transaction_read_only%3Don`;
    await expect(PostgresStorage.open(readOnly)).rejects.toThrow(StorageError);
    await expect(PostgresStorage.open(readOnly)).rejects.toThrow(/read-only/);
    const wrong = new URL(server!);
    wrong.password = 'wrong';
    await expect(PostgresStorage.open(wrong.href)).rejects.toThrow(/password is wrong/);
    wrong.password = new URL(server!).password;
    wrong.pathname = '/missing';
    await expect(PostgresStorage.open(wrong.href)).rejects.toThrow(/no such database/);
  });

  test('the tables of the whole schema are those of Optuna', async () => {
    const url = await newDatabase(server!);
    await (await PostgresStorage.open(url)).close();
    const [types] = await execute(
      url,
      'SELECT t.typname AS type, string_agg(e.enumlabel, $$ $$ ORDER BY e.enumsortorder) AS words FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname ORDER BY t.typname',
    );
    expect(types).toEqual([
      { type: 'studydirection', words: 'NOT_SET MINIMIZE MAXIMIZE' },
      { type: 'trialintermediatevaluetype', words: 'FINITE INF_POS INF_NEG NAN' },
      { type: 'trialstate', words: 'RUNNING COMPLETE PRUNED FAIL WAITING' },
      { type: 'trialvaluetype', words: 'FINITE INF_POS INF_NEG' },
    ]);
  });

  test('a worker killed in mid-trial is found by its silence; its trial is retried once', async () => {
    const storage = await PostgresStorage.open(await newDatabase(server!));
    const study = await createStudy({ storage, name: 'a' });
    for (let lost = 0; lost < 3; lost++) {
      const trial = await study.ask({ x: float(0, 1) });
      (await keepAlive(study, trial)).stop();
      await recoverLostTrials(study, { graceMs: -1, retries: 1 });
      await expect(study.tell(trial, 1)).rejects.toThrow(/already ended as FAIL/);
    }
    const trials = await study.trials();
    expect(trials.map(({ state }) => state)).toEqual(['FAIL', 'FAIL', 'FAIL', 'WAITING']);
    expect(trials[1]!.systemAttributes.retry_history).toEqual([0]);
    expect(trials[1]!.params).toEqual(trials[0]!.params);
    expect(trials[2]!.systemAttributes.retry_history).toBeUndefined();
    await storage.close();
  });

  test("heartbeats from the future, after the server's clock was set back, are not taken for silence", async () => {
    const url = await newDatabase(server!);
    const storage = await PostgresStorage.open(url);
    const { id } = await storage.createStudy('a', ['minimize']);
    await storage.recordHeartbeat((await storage.startTrial(id)).id);
    await execute(url, "UPDATE trial_heartbeats SET heartbeat = heartbeat + interval '1 day'");
    expect(await storage.failStaleTrials(id, 0)).toEqual([]);
    await storage.close();
  });
});

describe.skipIf(!control)('PostgresStorage, on a server that goes away', () => {
  test('in mid-study is waited for: nothing told is lost, nothing happens twice', async () => {
    const url = await newDatabase(server!);
    const storage = await PostgresStorage.open(url);
    const study = await createStudy({ storage, name: 'a' });
    const worker = new URL('../../../test/study-worker.mjs', import.meta.url);
    const told: number[] = [];
    const exits = Array.from({ length: 2 }, () => {
      const child = fork(worker, [url, 'a', '120'], { execArgv: [] });
      child.on('message', (number) => told.push(number as number));
      return new Promise((resolve) => child.once('exit', resolve));
    });
    for (const after of [20, 80]) {
      while (told.length < after) await new Promise((resolve) => setTimeout(resolve, 10));
      await ctl('stop', '-m', 'immediate');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await ctl('start');
    }
    expect(await Promise.all(exits)).toEqual([0, 0]);
    const trials = await study.trials();
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 240 }, (_, i) => i));
    expect(trials.every(({ state, params, values }) => state === 'COMPLETE' && values![0] === params.x)).toBe(true);
    expect(told.sort((a, b) => a - b)).toEqual(trials.map(({ number }) => number));
    await storage.close();
  });

  test('and stays away is reported in time, and used again when it is back', async () => {
    const storage = await PostgresStorage.open(await newDatabase(server!), { reconnectMs: 500 });
    const { id } = await storage.createStudy('a', ['minimize']);
    const trial = await storage.startTrial(id);
    await ctl('stop', '-m', 'fast');
    try {
      const finishing = storage.finishTrial(trial.id, 'COMPLETE', [1]);
      await expect(finishing).rejects.toThrow(StorageUnavailableError);
      await expect(finishing).rejects.toThrow(/start the server/);
      await expect(finishing).rejects.not.toThrow(/secret/);
    } finally {
      await ctl('start');
    }
    await storage.finishTrial(trial.id, 'COMPLETE', [1]);
    expect((await storage.getTrial(trial.id)).state).toBe('COMPLETE');
    await storage.close();
  });
});
