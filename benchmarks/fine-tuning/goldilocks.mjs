// Our side of one row: prints losses, seconds and peak memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseModel, fineTune, Learner, scoreLabelTokens } from '@goldilocks/trainer';

const [jobPath, folder, cacheDirectory] = process.argv.slice(2);
const job = JSON.parse(readFileSync(jobPath, 'utf8'));
const { row, settings } = job;
const base = await BaseModel.load(job.model, { cacheDirectory });
const exampleOf = ({ ids, supervised }) => ({
  ids: Int32Array.from(ids),
  supervised: Uint8Array.from(supervised),
  supervisedBytes: 1,
  truncatedTokens: 0,
});
const train = job.train.map(exampleOf);
const validation = job.validation.map(exampleOf);

const kinds = {
  async step() {
    const learner = new Learner({ base, settings, train, validation: [], cacheDirectory });
    await learner.moveTo(0);
    const examples = train.map((example, index) => ({ index, example }));
    const [losses, seconds] = [[], []];
    for (let step = 0; step < row.warmup + row.settled; step++) {
      const started = performance.now();
      losses.push((await learner.step(examples, step, settings.learningRate)).loss);
      if (step >= row.warmup) seconds.push((performance.now() - started) / 1000);
    }
    await learner.release();
    return { losses, seconds, work: row.rows * row.tokens };
  },
  async train() {
    const losses = [];
    const started = performance.now();
    const { history, step } = await fineTune({
      ...{ model: base, settings, train, validation, cacheDirectory },
      checkpointDirectory: join(folder, `run-${process.pid}`),
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    });
    const seconds = (performance.now() - started) / 1000;
    if (step !== job.order.length) throw new Error(`${step} steps were done, not ${job.order.length}.`);
    return {
      losses,
      validationLosses: history.map(({ loss }) => loss),
      seconds: [seconds],
      work: train.length * settings.epochs,
    };
  },
  async labels() {
    const prompts = validation.map(({ ids, supervised }) => ids.slice(0, supervised.indexOf(1)));
    const labels = job.labels.map((ids) => Int32Array.from(ids));
    const started = performance.now();
    const { predicted, probabilities } = await scoreLabelTokens({ base }, prompts, labels);
    const seconds = [(performance.now() - started) / 1000];
    return { losses: probabilities.map((row) => row[0]), predicted, seconds, work: prompts.length };
  },
};
const result = await kinds[row.kind]();
console.log(JSON.stringify({ ...result, peakBytes: process.resourceUsage().maxRSS * 1024 }));
