/** One of the workers: runs trials from the start signal until the stop time. node worker.mjs URL STUDY SAMPLER SECONDS TRIALS_BEFORE */

import { createInterface } from 'node:readline';
import { loadStudy, NonePruner, openStorage, RandomSampler, TpeSampler } from '@goldilocks/study';
import { loss, space } from '../seven-parameters.mjs';

const [url, name, kind, seconds, warmUp] = process.argv.slice(2);
const sampler = kind === 'tpe' ? new TpeSampler({ seed: process.pid }) : new RandomSampler({ seed: process.pid });
const study = await loadStudy({ storage: await openStorage(url), name, sampler, pruner: new NonePruner() });
const step = async () => {
  const trial = await study.ask(space);
  await study.tell(trial, loss(trial.params));
};
const signals = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
for (let i = 0; i < Number(warmUp); i++) await step();
console.log('warm');
await signals.next();
const began = performance.now();
const cpu = process.cpuUsage();
const milliseconds = [];
while (performance.now() - began < 1000 * Number(seconds)) {
  const start = performance.now();
  await step();
  milliseconds.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(cpu);
const measured = { milliseconds, cpuMs: (user + system) / 1000, seconds: (performance.now() - began) / 1000 };
console.log(JSON.stringify(measured));
// Until the server's processes have been looked at.
await signals.next();
await study.storage.close();
