/** Prints the milliseconds of ten suggestions after so many trials at random: node worker.mjs goldilocks|optuna TRIALS. */

import { createRequire } from 'node:module';
import { createStudy, GpSampler, NonePruner, RandomGenerator, RandomSampler } from '@goldilocks/study';
import { fineTunings } from '../best-value/fine-tuning.mjs';
import { Optuna } from '../optuna/optuna.mjs';

const [library, trials] = process.argv.slice(2);
const { space, truth, noise } = fineTunings.find(({ name }) => name === 'tune-lora');

/** The same trials for both, enqueued and told. */
const pruner = new NonePruner();
const random = await createStudy({ sampler: new RandomSampler({ seed: 1 }), pruner });
const settings = [];
for (let i = 0; i < Number(trials); i++) settings.push((await random.ask(space)).params);

async function measure(study) {
  const step = async () => {
    const trial = await study.ask(space);
    await study.tell(trial, truth(trial.params) + noise(trial.params, RandomGenerator.of(1, trial.number)));
  };
  for (const params of settings) {
    await study.enqueue(params);
    await step();
  }
  const milliseconds = [];
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await step();
    milliseconds.push(performance.now() - start);
  }
  return milliseconds;
}

if (library === 'optuna') {
  const optuna = new Optuna();
  const milliseconds = await measure(await optuna.createStudy({ sampler: 'gp', seed: 1 }));
  console.log(JSON.stringify({ version: await optuna.version(), milliseconds }));
  await optuna.close();
} else {
  const { version } = createRequire(import.meta.url)('../../packages/study/package.json');
  const sampler = new GpSampler({ seed: 1 });
  console.log(JSON.stringify({ version, milliseconds: await measure(await createStudy({ sampler, pruner })) }));
}
