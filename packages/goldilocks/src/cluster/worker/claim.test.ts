import { createStudy, float, MemoryStorage, RandomSampler, recoverLostTrials } from '@goldilocks/study';
import { expect, it } from 'vitest';
import type { SharedJob } from '../shared-job.js';
import { latestAttempts, sharedTrials } from '../shared-trials.js';
import { claim } from './claim.js';
import { giveBack } from './give-back.js';

const space = { x: float(0, 1) };
const job = (more: Partial<SharedJob>) => ({ trials: 3, startsUntil: null, ...more }) as SharedJob;

async function studyWithQueue(count: number) {
  const study = await createStudy({ storage: new MemoryStorage(), sampler: new RandomSampler({ seed: 1 }) });
  await study.enqueue({ x: 0.5 });
  for (let i = 1; i < count; i++) await study.enqueue({});
  return study;
}

async function take(study: Awaited<ReturnType<typeof studyWithQueue>>, of = job({})) {
  const claimed = await claim(study, of, space);
  if (claimed.type !== 'trial') throw new Error(`no trial: ${claimed.type}`);
  return claimed.trial;
}

it('hands out the queue, the recommended settings first, and then says later or done', async () => {
  const study = await studyWithQueue(3);
  const trials = [await take(study), await take(study), await take(study)];
  expect(trials[0]!.params).toEqual({ x: 0.5 });
  expect(new Set(trials.map(({ params }) => params.x)).size).toBe(3);
  expect(await claim(study, job({}), space)).toEqual({ type: 'later' });
  for (const trial of trials) await study.tell(trial, 1);
  expect(await claim(study, job({}), space)).toEqual({ type: 'done' });
  expect(await study.trials()).toHaveLength(3);
});

it('many workers at once never run more than the budget', async () => {
  const study = await studyWithQueue(5);
  const claims = await Promise.all(Array.from({ length: 9 }, () => claim(study, job({ trials: 5 }), space)));
  expect(claims.filter(({ type }) => type === 'trial')).toHaveLength(5);
  expect(await sharedTrials(study)).toHaveLength(5);
});

it('where time ends the search, there is always a trial until it does', async () => {
  const study = await studyWithQueue(1);
  const future = new Date(Date.now() + 60_000).toISOString();
  for (let i = 0; i < 3; i++) await take(study, job({ trials: null, startsUntil: future }));
  const past = new Date(Date.now() - 1).toISOString();
  expect(await claim(study, job({ trials: null, startsUntil: past }), space)).toEqual({ type: 'done' });
});

it('a trial that is given back is run again with its settings, under its first number, and costs no retry', async () => {
  const study = await studyWithQueue(2);
  const [first, second] = [await take(study), await take(study)];
  await giveBack(study, second.frozen, 'its worker was told to stop');
  const again = await take(study);
  expect(again.params).toEqual(second.params);
  await giveBack(study, again.frozen, 'and again');
  const third = await take(study);
  await study.storage.recordHeartbeat(third.id);
  await recoverLostTrials(study, { graceMs: -1, retries: 1 });
  const fourth = await take(study);
  expect(fourth.params).toEqual(second.params);
  await study.tell(first, 1);
  await study.tell(fourth, 2);
  const trials = latestAttempts(await study.trials());
  expect(trials.map(({ number, state }) => [number, state])).toEqual([
    [0, 'COMPLETE'],
    [1, 'COMPLETE'],
  ]);
});

it('a trial that others took for lost is not given back again', async () => {
  const study = await studyWithQueue(1);
  const trial = await take(study);
  await study.storage.recordHeartbeat(trial.id);
  await recoverLostTrials(study, { graceMs: -1 });
  await giveBack(study, trial.frozen, 'late');
  expect((await study.trials()).map(({ state }) => state)).toEqual(['FAIL', 'WAITING']);
});
