/**
 * Runs trials of a study in a process of its own: node study-worker.mjs URL STUDY TRIALS. Sends each number when its
 * trial has ended. Uses the built package.
 */

import { float, loadStudy, openStorage, RandomSampler } from '@goldilocks/study';

const [url, name, trials] = process.argv.slice(2);
const storage = await openStorage(url);
const study = await loadStudy({ storage, name, sampler: new RandomSampler({ seed: process.pid }) });
for (let i = 0; i < Number(trials); i++) {
  const trial = await study.ask({ x: float(0, 20) });
  await trial.setUserAttribute('process', process.pid);
  await trial.report(trial.params.x, 1);
  await study.tell(trial, trial.params.x);
  process.send?.(trial.number);
}
await storage.close();
process.disconnect?.();
