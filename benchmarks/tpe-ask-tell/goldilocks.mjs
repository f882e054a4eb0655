/** Prints the milliseconds of 50 asks and tells after so many finished trials: node goldilocks.mjs TRIALS. */

import { createRequire } from 'node:module';
import { categorical, createStudy, float, int, NonePruner, TpeSampler } from '@goldilocks/study';

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

const study = await createStudy({ sampler: new TpeSampler({ seed: 1 }), pruner: new NonePruner() });
const step = async () => {
  const trial = await study.ask(space);
  await study.tell(trial, loss(trial.params));
};
for (let i = 0; i < Number(process.argv[2]); i++) await step();
const milliseconds = [];
for (let i = 0; i < 50; i++) {
  const start = performance.now();
  await step();
  milliseconds.push(performance.now() - start);
}
const { version } = createRequire(import.meta.url)('../../packages/study/package.json');
console.log(JSON.stringify({ version, milliseconds }));
