/** Prints the milliseconds of 30 asks and tells on a durable SQLite file that holds a study: node goldilocks.mjs FILE. */

import { createRequire } from 'node:module';
import { loadStudy, NonePruner, SqliteStorage, TpeSampler } from '@goldilocks/study';
import { loss, space } from '../seven-parameters.mjs';

const storage = await SqliteStorage.open(process.argv[2]);
const study = await loadStudy({
  storage,
  name: 'large',
  sampler: new TpeSampler({ seed: 1 }),
  pruner: new NonePruner(),
});
const step = async () => {
  const trial = await study.ask(space);
  await study.tell(trial, loss(trial.params));
};
// The first reads what is there.
for (let i = 0; i < 5; i++) await step();
const milliseconds = [];
for (let i = 0; i < 30; i++) {
  const start = performance.now();
  await step();
  milliseconds.push(performance.now() - start);
}
await storage.close();
const { version } = createRequire(import.meta.url)('../../packages/study/package.json');
console.log(JSON.stringify({ version, milliseconds }));
