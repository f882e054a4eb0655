import { createStudy, MemoryStorage, TrialNotRunningError } from '@goldilocks/study';
import { expect, it } from 'vitest';
import { RungReports } from './rung-reports.js';

const measured = (share: number, loss: number) => ({
  ...{ step: 1, epoch: share, share, loss, perplexity: 1, bitsPerByte: 1, perExample: [] },
});
const evaluation = (share: number, loss: number) =>
  ({ type: 'evaluation', evaluation: measured(share, loss), best: true, seconds: 0 }) as const;
const start = (history: ReturnType<typeof measured>[]) =>
  ({ type: 'start', step: 1, totalSteps: 9, trainableParameters: 1, totalParameters: 1, history }) as const;

async function begin(fallsBehind = async () => false) {
  const study = await createStudy({ storage: new MemoryStorage() });
  const trial = await study.ask({});
  const values = async () => Object.fromEntries((await study.storage.getTrial(trial.id)).intermediateValues);
  return { study, trial, values, reports: new RungReports(trial, fallsBehind) };
}

const curve = [
  [0, 5],
  [0.05, 3],
  [0.112, 4],
  [0.3, 2],
  [0.5, 2.5],
  [1, 1.5],
] as const;

it('reports the best loss so far at each share that is passed', async () => {
  const { reports, values } = await begin();
  for (const [share, loss] of curve.slice(0, 5)) reports.notice(evaluation(share, loss));
  await reports.written();
  expect(await values()).toEqual({ 111: 3, 333: 2 });
  await reports.complete(1.5);
  expect(await values()).toEqual({ 111: 3, 333: 2, 1000: 1.5 });
});

it.each([1, 2, 3, 4, 5])('a trial taken up again after %i measurements reports the same', async (before) => {
  const { reports, values } = await begin();
  reports.notice(start(curve.slice(0, before).map(([share, loss]) => measured(share, loss))));
  for (const [share, loss] of curve.slice(before)) reports.notice(evaluation(share, loss));
  await reports.written();
  await reports.complete(1.5);
  expect(await values()).toEqual({ 111: 3, 333: 2, 1000: 1.5 });
});

it('a trial that stopped early has its value at all later shares', async () => {
  const { reports, values } = await begin();
  reports.notice(evaluation(0.2, 3));
  await reports.written();
  await reports.complete(3);
  expect(await values()).toEqual({ 111: 3, 333: 3, 1000: 3 });
});

it('aborts where the trial falls behind, and reports nothing after', async () => {
  const { reports, values } = await begin(async () => true);
  reports.notice(evaluation(0.12, 3));
  reports.notice(evaluation(0.4, 2));
  await reports.written();
  expect(reports.signal.aborted).toBe(true);
  expect(reports.fell).toEqual({ share: 1 / 9, value: 3 });
  expect(await values()).toEqual({ 111: 3 });
});

it('aborts and throws where the study refuses: another has the trial', async () => {
  const { study, trial, reports } = await begin();
  await study.tell(trial, 1);
  reports.notice(evaluation(0.2, 3));
  await expect(reports.written()).rejects.toBeInstanceOf(TrialNotRunningError);
  expect(reports.signal.aborted).toBe(true);
});
