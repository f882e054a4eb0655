/** Prints the milliseconds of 50 asks and tells after so many finished trials, drawn at random: node goldilocks.mjs TRIALS. */

import { createRequire } from 'node:module';
import { createStudy, NonePruner, RandomSampler, TpeSampler } from '@goldilocks/study';
import { loss, space } from '../seven-parameters.mjs';

const pruner = new NonePruner();
const past = await createStudy({ sampler: new RandomSampler({ seed: 1 }), pruner });
const { storage, name } = past;
const study = await createStudy({ storage, name, loadIfExists: true, sampler: new TpeSampler({ seed: 1 }), pruner });
const step = async (by) => {
  const trial = await by.ask(space);
  await by.tell(trial, loss(trial.params));
};
for (let i = 0; i < Number(process.argv[2]); i++) await step(past);
// Until the code is compiled.
for (let i = 0; i < 100; i++) await step(study);
const milliseconds = [];
for (let i = 0; i < 50; i++) {
  const start = performance.now();
  await step(study);
  milliseconds.push(performance.now() - start);
}
const { version } = createRequire(import.meta.url)('../../packages/study/package.json');
console.log(JSON.stringify({ version, milliseconds }));
