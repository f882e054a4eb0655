import { createStudy, MemoryStorage, TrialNotRunningError } from '@goldilocks/study';
import { expect, it } from 'vitest';
import { RungReports } from './rung-reports.js';

const evaluation = (share: number, loss: number) =>
  ({ type: 'trial-evaluation', trial: 0, step: 1, epoch: share, share, loss, best: true }) as const;
const measured = (share: number, loss: number) => ({
  step: 1,
  epoch: share,
  share,
  loss,
  perplexity: 1,
  bitsPerByte: 1,
  perExample: [],
});

async function begin(fallsBehind = async () => false) {
  const study = await createStudy({ storage: new MemoryStorage() });
  const trial = await study.ask({});
  const values = async () => Object.fromEntries((await study.storage.getTrial(trial.id)).intermediateValues);
  return { study, trial, values, reports: new RungReports(trial, fallsBehind) };
}

it('reports the best loss so far at each share that is passed', async () => {
  const { reports, values } = await begin();
  for (const [share, loss] of [
    [0, 5],
    [0.05, 3],
    [0.112, 4],
    [0.3, 2],
    [0.5, 2.5],
  ])
    reports.notice(evaluation(share!, loss!));
  await reports.written();
  expect(await values()).toEqual({ 111: 3, 333: 2 });
  await reports.complete([measured(0, 5), measured(0.12, 3), measured(0.5, 2), measured(1, 1.5)], 1.5);
  expect(await values()).toEqual({ 111: 3, 333: 2, 1000: 1.5 });
});

it('fills what was passed before a trial was taken up again', async () => {
  const { reports, values } = await begin();
  reports.notice(evaluation(1, 1));
  await reports.written();
  const other = await begin();
  await other.reports.complete([measured(0, 5), measured(1 / 9, 3), measured(0.34, 3.5), measured(1, 1)], 1);
  expect(await other.values()).toEqual({ 111: 3, 333: 3, 1000: 1 });
  expect(await values()).toEqual({ 111: 1, 333: 1 });
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
