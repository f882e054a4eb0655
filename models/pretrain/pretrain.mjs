// Pretrains the small base model with Goldilocks' own engine, within a budget of minutes. Killed at any time, it goes on from its
// last checkpoint when it is started again.
//
//   MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_MMAP_THRESHOLD_=4294967296 \
//     node models/pretrain/pretrain.mjs WORK_FOLDER --minutes 60
//
// (With glibc those settings halve a step's time.) The rate warms up, stays, and falls linearly over the last part of the budget, by
// time spent: a slower machine sees fewer tokens, but still ends with a small rate.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { heldOutBits } from './heldout.mjs';
import { loadState, saveState } from './state.mjs';
import { compileStep, runStep } from './step-graph.mjs';
import { readTokens } from './tokens.mjs';
import { Windows } from './windows.mjs';

const WARMUP_STEPS = 100;
const FLOOR = 0.02;
const MAX_GRADIENT_NORM = 1;
/** Short windows are cheaper a token; the last part of the budget uses long ones, so that all positions are learnt. */
const SHORT = { rows: 8, context: 256 };
const LONG = { rows: 4, context: 512 };
const LONG_FROM = 0.8;
const REPORT_STEPS = 100;
const SAVE_SECONDS = 120;
const EVALUATE_SECONDS = 600;
/** How much of the held-out text the measurements on the way take. */
const SAMPLE_TOKENS = 16384;

/** Learning rate as a share of its peak. @param done share of the budget spent, in [0, 1] */
function rateShare(step, done, decay) {
  const warmup = Math.min(1, step / WARMUP_STEPS);
  return warmup * Math.max(FLOOR, Math.min(1, (1 - done) / decay));
}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '60' },
      rate: { type: 'string', default: '3e-3' },
      decay: { type: 'string', default: '0.8' },
      seed: { type: 'string', default: '1' },
      checkpoint: { type: 'string' },
    },
  });
  const work = positionals[0];
  if (!work) throw new Error('usage: node models/pretrain/pretrain.mjs WORK_FOLDER [--minutes 60] [--rate 3e-3]');
  return {
    work,
    checkpoint: values.checkpoint ?? join(work, 'checkpoint.bin'),
    budget: 60 * Number(values.minutes),
    rate: Number(values.rate),
    decay: Number(values.decay),
    seed: Number(values.seed),
  };
}

class Run {
  constructor(options) {
    this.options = options;
    this.state = loadState(options.checkpoint, options.seed);
    this.tokens = readTokens(join(options.work, 'train.bin'));
    this.before = this.state.progress.seconds;
    this.started = performance.now();
    this.losses = [];
  }

  /** Compiles the step again when the time spent calls for another window size. */
  async prepare() {
    const { progress } = this.state;
    const { rows, context } = progress.seconds < LONG_FROM * this.options.budget ? SHORT : LONG;
    if (this.compiled?.tokens === context) return;
    await this.compiled?.executable.release();
    this.compiled = await compileStep(rows, context, true);
    this.windows = new Windows(this.tokens, context, progress.seed);
  }

  async step() {
    const { weights, optimizer, progress } = this.state;
    const { budget, rate, decay } = this.options;
    await this.prepare();
    const { ids, labels } = this.windows.batch(progress.tokens, this.compiled.rows);
    const losses = await runStep(this.compiled, weights, ids, labels, optimizer);
    progress.step++;
    progress.tokens += ids.length;
    this.learningRate = rate * rateShare(progress.step, progress.seconds / budget, decay);
    const { applied } = optimizer.step({ learningRate: this.learningRate, maxGradientNorm: MAX_GRADIENT_NORM });
    if (!applied)
      throw new Error(`Step ${progress.step}: the gradient is not finite. Start again with a lower --rate.`);
    progress.seconds = this.before + (performance.now() - this.started) / 1000;
    this.losses.push(losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
    if (progress.step % REPORT_STEPS === 0) this.reportLoss();
  }

  report(line) {
    console.log(line);
    appendFileSync(`${this.options.checkpoint}.log`, `${line}\n`);
  }

  reportLoss() {
    const { step, tokens, seconds } = this.state.progress;
    const loss = this.losses.reduce((sum, each) => sum + each, 0) / this.losses.length;
    this.losses = [];
    const rate = this.learningRate.toExponential(2);
    this.report(`step ${step}, ${tokens} tokens, ${seconds.toFixed(0)} s: loss ${loss.toFixed(4)}, rate ${rate}`);
  }

  save() {
    saveState(this.options.checkpoint, this.state);
  }

  async evaluate(limit) {
    const bits = await heldOutBits(this.state.weights, this.options.work, limit);
    this.report(`held out: ${bits.toFixed(4)} bits per byte${limit ? ' (its first part)' : ''}`);
  }
}

async function main() {
  const run = new Run(readArguments());
  const { progress } = run.state;
  let saved = progress.seconds;
  let evaluated = progress.seconds;
  while (progress.seconds < run.options.budget) {
    await run.step();
    if (progress.seconds - saved > SAVE_SECONDS) {
      run.save();
      saved = progress.seconds;
    }
    if (progress.seconds - evaluated > EVALUATE_SECONDS) {
      await run.evaluate(SAMPLE_TOKENS);
      evaluated = progress.seconds;
    }
  }
  run.save();
  await run.evaluate();
}

await main();
