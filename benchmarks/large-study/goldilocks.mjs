/** Opens a large study, finds its best trial and asks for the next one: node goldilocks.mjs FILE. Prints milliseconds and peak memory. */

import { loadStudy, NonePruner, SqliteStorage, TpeSampler } from '@goldilocks/study';
import { space } from '../seven-parameters.mjs';

const began = performance.now();
const storage = await SqliteStorage.open(process.argv[2]);
const study = await loadStudy({
  storage,
  name: 'large',
  sampler: new TpeSampler({ seed: 1 }),
  pruner: new NonePruner(),
});
const best = await study.bestTrial();
const bestMs = performance.now() - began;
const trial = await study.ask(space);
const milliseconds = performance.now() - began;
await study.tell(trial, null, { state: 'FAIL' });
await storage.close();
// Kilobytes, on Linux.
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ milliseconds, bestMs, megabytes, best: best.values[0] }));
