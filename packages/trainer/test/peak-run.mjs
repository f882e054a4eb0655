// Takes some steps on full rows of random tokens, and prints the largest resident memory in bytes.
import { BaseModel, Learner } from '@goldilocks/trainer';

const { model, cacheDirectory, settings, rows, tokens, steps } = JSON.parse(process.argv[2]);
const base = await BaseModel.load(model, { cacheDirectory });
const { vocabSize } = base.config;
const examples = Array.from({ length: rows }, (_, row) => ({
  index: row,
  example: {
    ids: Int32Array.from({ length: tokens + 1 }, (_, i) => (row * 7919 + i * 104_729) % vocabSize),
    supervised: Uint8Array.from({ length: tokens + 1 }, (_, i) => (i > 0 ? 1 : 0)),
    supervisedBytes: 1,
    truncatedTokens: 0,
  },
}));
const train = examples.map(({ example }) => example);
const learner = new Learner({ base, settings, train, validation: [], cacheDirectory });
await learner.moveTo(0);
for (let step = 0; step < steps; step++) await learner.step(examples, step, 1e-4);
await learner.release();
console.log(process.resourceUsage().maxRSS * 1024);
