/** Prints the milliseconds of 50 asks and tells after so many finished trials, drawn at random: node goldilocks.mjs TRIALS. */

import { createRequire } from 'node:module';
import { categorical, createStudy, float, int, NonePruner, RandomSampler, TpeSampler } from '@goldilocks/study';

const space = {
  learning_rate: float(1e-5, 1e-2, { log: true }),
  weight_decay: float(0, 0.3),
  dropout: float(0, 0.5, { step: 0.05 }),
  batch_size: categorical([4, 8, 16, 32]),
  epochs: int(1, 5),
  schedule: categorical(['constant', 'linear', 'cosine', 'polynomial']),
  frozen_layers: int(0, 24),
};
const loss = (p) =>
  (Math.log10(p.learning_rate) + 3.3) ** 2 +
  4 * (p.weight_decay - 0.1) ** 2 +
  3 * (p.dropout - 0.1) ** 2 +
  0.05 * (p.epochs - 3) ** 2;

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
