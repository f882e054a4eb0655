// Runs one tiny training from and to its checkpoints, and dies as by kill -9 some milliseconds after so many events (steps, evaluations,
// saves), in the middle of whatever it is at. It does so itself: a test that watched could be too late. Prints the digest of the final weights.
import { createHash } from 'node:crypto';
import { BaseModel, fineTune } from '@goldilocks/trainer';

const { dies, ...job } = JSON.parse(process.argv[2]);
let left = dies?.events;
const example = ({ ids, supervised }) => ({
  ids: Int32Array.from(ids),
  supervised: Uint8Array.from(supervised),
  supervisedBytes: 2,
  truncatedTokens: 0,
});
const model = await BaseModel.load(job.model, { cacheDirectory: job.cacheDirectory });
const result = await fineTune({
  ...job,
  model,
  train: job.train.map(example),
  validation: job.validation.map(example),
  checkpointEverySeconds: 0,
  onEvent: () => {
    if (--left === 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), dies.milliseconds);
  },
});
const hash = createHash('sha256');
for (const [name, { data }] of result.weights.tensors) hash.update(name).update(data);
console.log(
  JSON.stringify({ digest: hash.digest('hex'), step: result.step, outcome: result.outcome, best: result.best?.step }),
);
