import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { float } from '../distributions/distribution.js';
import { InvalidOptionError, TrialNotRunningError } from '../errors.js';
import { RandomSampler } from '../samplers/random.js';
import { MemoryStorage } from '../storages/memory.js';
import { SqliteStorage } from '../storages/sqlite/sqlite-storage.js';
import { createStudy } from './create-study.js';
import { FAILURE_KEY } from './failure.js';
import { keepAlive, recoverLostTrials, retryTrial } from './heartbeat.js';

const folder = mkdtempSync(join(tmpdir(), 'goldilocks-heartbeat-'));
afterAll(() => rmSync(folder, { recursive: true }));
const space = { x: float(0, 1), y: float(0, 1) };
/** Every sign of life is too old at once. */
const AT_ONCE = { graceMs: -1 };

describe.each([
  ['memory', async () => new MemoryStorage()],
  ['SQLite', () => SqliteStorage.open(join(folder, 'a.db'))],
])('lost trials, %s', (_, open) => {
  test('are failed and tried again once, with their setting', async () => {
    const study = await createStudy({ storage: await open(), sampler: new RandomSampler({ seed: 1 }) });
    await study.enqueue({ x: 0.25 }, { userAttributes: { why: 'recommended' } });
    const [lost, silent] = [await study.ask(space), await study.ask(space)];
    (await keepAlive(study, lost)).stop();
    expect((await recoverLostTrials(study, AT_ONCE)).map(({ number }) => number)).toEqual([0]);
    expect(await recoverLostTrials(study, AT_ONCE)).toEqual([]);
    const again = await study.ask(space);
    expect(again.params).toEqual(lost.params);
    expect(again.userAttributes).toEqual({ why: 'recommended' });
    expect(again.systemAttributes).toMatchObject({ failed_trial: 0, retry_history: [0] });
    (await keepAlive(study, again)).stop();
    await recoverLostTrials(study, AT_ONCE);
    const states = (await study.trials()).map(({ state }) => state);
    expect(states).toEqual(['FAIL', 'RUNNING', 'FAIL']);
    expect((await study.trials())[0]!.systemAttributes[FAILURE_KEY]).toMatch(/lost/);
    await study.tell(silent, 1);
    await expect(study.tell(again, 1)).rejects.toThrow(TrialNotRunningError);
    await study.storage.close();
  });
});

test('a worker takes up what another lost, and goes on when it is itself taken for lost', async () => {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  const lost = await study.ask(space);
  await study.storage.recordHeartbeat(lost.id);
  let aborted = false;
  await study.optimize(
    async (trial, signal) => {
      if (trial.number !== 2) return 1;
      // The first trial after the retry is itself taken for lost while it runs.
      await recoverLostTrials(study, { ...AT_ONCE, retries: 0 });
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
      throw signal.reason;
    },
    { trials: 3, space, heartbeat: { intervalMs: 5, graceMs: 0 } },
  );
  const trials = await study.trials();
  expect(trials.map(({ state }) => state)).toEqual(['FAIL', 'COMPLETE', 'FAIL', 'COMPLETE']);
  expect(trials[1]!.params).toEqual(lost.params);
  expect(aborted).toBe(true);
});

test('a failed trial is tried again as often as is said', async () => {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  for (const expected of [true, true, false]) {
    const trial = await study.ask(space);
    expect(await retryTrial(study, await study.tell(trial, null, { state: 'FAIL' }), 2)).toBe(expected);
  }
  const trials = await study.trials();
  expect(trials.map(({ params }) => params)).toEqual(Array(3).fill(trials[0]!.params));
});

test('options out of range are refused', async () => {
  const study = await createStudy();
  await expect(recoverLostTrials(study, { retries: -1 })).rejects.toThrow(InvalidOptionError);
  await expect(recoverLostTrials(study, { intervalMs: 0 })).rejects.toThrow(/intervalMs/);
});
