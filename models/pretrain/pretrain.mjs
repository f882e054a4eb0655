// Pretrains the small base model with Goldilocks' own engine, within a budget of minutes. Killed at any time, it goes on from its
// last checkpoint when it is started again.
//
//   node models/pretrain/pretrain.mjs WORK_FOLDER --minutes 60
//
// The rate warms up, stays, and falls linearly to zero over the last part of the budget (warm-up–stable–decay, by time spent, so
// that a slower machine sees fewer tokens but still ends with a small rate). Set MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=9e9
// MALLOC_MMAP_THRESHOLD_=9e9 (as numbers) before starting: steps take half the time.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Purpose } from '../../packages/trainer/dist/random/philox.js';
import { permutation } from '../../packages/trainer/dist/random/random-stream.js';
import { adamwStep } from './adamw.mjs';
import { heldOutBits } from './heldout.mjs';
import { tensorShapes } from './model-config.mjs';
import { loadState, saveState } from './state.mjs';
import { compileStep, runStep } from './step-graph.mjs';
import { readTokens } from './tokens.mjs';

const WARMUP_STEPS = 100;
const FLOOR = 0.02;
const SAMPLE_TOKENS = 16384;
/** Short windows are cheaper a token; the last part of the budget uses long ones, so that all positions are learnt. */
const SHORT = { rows: 8, context: 256 };
const LONG = { rows: 4, context: 512 };
const LONG_FROM = 0.8;

/** Rate as a share of its peak. @param done share of the budget spent, in [0, 1] */
function rateShare(step, done, decay) {
  const warmup = Math.min(1, step / WARMUP_STEPS);
  const falling = Math.min(1, (1 - done) / decay);
  return warmup * Math.max(FLOOR, falling);
}

/** Inputs and labels of the windows numbered from `first` on; windows are drawn in a new random order each epoch. */
class Windows {
  constructor(tokens, length, seed) {
    Object.assign(this, { tokens, length, seed, count: Math.floor((tokens.length - 1) / length), epoch: -1 });
  }

  batch(firstToken, rows) {
    const ids = new Int32Array(rows * this.length);
    const labels = new Int32Array(rows * this.length);
    for (let row = 0; row < rows; row++) {
      const start = this.startOf(Math.floor(firstToken / this.length) + row);
      ids.set(this.tokens.subarray(start, start + this.length), row * this.length);
      labels.set(this.tokens.subarray(start + 1, start + 1 + this.length), row * this.length);
    }
    return { ids, labels };
  }

  startOf(window) {
    const epoch = Math.floor(window / this.count);
    if (epoch !== this.epoch) {
      this.order = permutation(this.count, { seed: this.seed, purpose: Purpose.order, counter: epoch });
      this.epoch = epoch;
    }
    return this.order[window % this.count] * this.length;
  }
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '3e-3' },
      decay: { type: 'string', default: '0.4' },
      seed: { type: 'string', default: '1' },
      checkpoint: { type: 'string' },
      'save-seconds': { type: 'string', default: '120' },
    },
  });
  const work = positionals[0];
  if (!work) throw new Error('usage: node models/pretrain/pretrain.mjs WORK_FOLDER [--minutes 60] [--rate 3e-3]');
  const checkpoint = values.checkpoint ?? join(work, 'checkpoint.bin');
  const budget = 60 * Number(values.minutes);
  const state = loadState(checkpoint, Number(values.seed));
  const { weights, moments, progress } = state;
  const shapes = tensorShapes();
  const tokens = readTokens(join(work, 'train.bin'));
  let step;
  let windows;
  /** Compiles the step for the window size that the time spent calls for. */
  const prepare = async () => {
    const { rows, context } = progress.seconds < LONG_FROM * budget ? SHORT : LONG;
    if (step?.tokens === context) return;
    await step?.executable.release();
    step = await compileStep(rows, context, true);
    windows = new Windows(tokens, context, progress.seed);
  };
  const report = (line) => {
    console.log(line);
    appendFileSync(`${checkpoint}.log`, `${line}\n`);
  };

  const before = progress.seconds;
  const started = performance.now();
  let saved = progress.seconds;
  let recent = 0;
  let recentSteps = 0;
  while (progress.seconds < budget) {
    await prepare();
    const { ids, labels } = windows.batch(progress.tokens, step.rows);
    const { losses, gradientOf } = await runStep(step, weights, ids, labels);
    progress.step++;
    progress.tokens += step.rows * step.tokens;
    const learningRate =
      Number(values.rate) * rateShare(progress.step, progress.seconds / budget, Number(values.decay));
    const norm = adamwStep({ weights, shapes, moments, gradientOf, step: progress.step, learningRate });
    if (!Number.isFinite(norm)) throw new Error(`step ${progress.step}: the gradient is not finite; lower --rate`);
    progress.seconds = before + (performance.now() - started) / 1000;
    recent += losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    recentSteps++;
    if (progress.step % 20 === 0) {
      const speed = Math.round((progress.tokens / progress.seconds) * 10) / 10;
      report(
        `step ${progress.step} tokens ${progress.tokens} ${progress.seconds.toFixed(0)} s loss ${(recent / recentSteps).toFixed(4)} ` +
          `norm ${norm.toFixed(2)} rate ${learningRate.toExponential(2)} ${speed} tok/s`,
      );
      recent = recentSteps = 0;
    }
    if (progress.seconds - saved > Number(values['save-seconds'])) {
      saveState(checkpoint, state);
      saved = progress.seconds;
      report(`held out ${(await heldOutBits(weights, work, SAMPLE_TOKENS)).toFixed(4)} bits per byte (first part)`);
    }
  }
  saveState(checkpoint, state);
  report(`held out ${(await heldOutBits(weights, work)).toFixed(4)} bits per byte (all)`);
}

await main();
