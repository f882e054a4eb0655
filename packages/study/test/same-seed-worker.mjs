// Runs some trials of a study with every sampler, and prints the parameters of all as its last line.

import { createStudy, NonePruner, SqliteStorage } from '@goldilocks/study';
import { SAMPLERS, SPACE, tell } from './same-seed.mjs';

const [path, trials] = process.argv.slice(2);
const storage = await SqliteStorage.open(path);
const chosen = {};
for (const [name, { directions, create }] of Object.entries(SAMPLERS)) {
  const options = { storage, name, directions, sampler: create(7), pruner: new NonePruner(), loadIfExists: true };
  const study = await createStudy(options);
  for (let i = 0; i < Number(trials); i++) await tell(study, await study.ask(SPACE));
  chosen[name] = (await study.trials()).map(({ params }) => params);
}
console.log(JSON.stringify(chosen));
await storage.close();
