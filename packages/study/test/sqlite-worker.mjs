/** Runs trials of a study in a process of its own: node sqlite-worker.mjs FILE STUDY TRIALS. Uses the built package. */

import { float, loadStudy, RandomSampler, SqliteStorage } from '@goldilocks/study';

const [path, name, trials] = process.argv.slice(2);
const storage = await SqliteStorage.open(path);
const study = await loadStudy({ storage, name, sampler: new RandomSampler({ seed: 1 }) });
for (let i = 0; i < Number(trials); i++) {
  const trial = await study.ask({ x: float(0, 20) });
  await trial.setUserAttribute('process', process.pid);
  await trial.report(trial.params.x, 1);
  await study.tell(trial, trial.params.x);
  process.send?.(trial.number);
}
await storage.close();
process.disconnect?.();
