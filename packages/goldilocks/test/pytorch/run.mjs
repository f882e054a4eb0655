// The PyTorch trainer against the ONNX engine: same examples, settings and model give the same losses, step by step; a run that is
// stopped, or killed, goes on to the very numbers of one that was not.
//
// usage: node packages/goldilocks/test/pytorch/run.mjs     GOLDILOCKS_PYTHON names a Python with torch, transformers, peft
import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultSettings } from '@goldilocks/trainer';
import { writeExamples } from '../../dist/workers/examples-file.js';
import { localEngine } from '../../dist/workers/local.js';
import { pytorchEngine } from '../../dist/workers/pytorch.js';

const path = (name) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
process.env.OMP_NUM_THREADS = '1'; // the models are tiny: threads would only wait for each other
const root = mkdtempSync(join(tmpdir(), 'goldilocks-pytorch-'));
const model = path('goldens/llama/tied');
const cacheDirectory = join(root, 'cache');
const engines = { onnx: localEngine({ cacheDirectory }), pytorch: pytorchEngine({ cacheDirectory, python }) };
let runs = 0;

/** Examples that can be learnt: the completion repeats the prompt's first token. */
function examples(count, offset) {
  return Array.from({ length: count }, (_, i) => {
    const first = 3 + ((i * 7 + offset) % 40);
    const filler = Array.from({ length: 2 + (i % 9) }, (_, j) => 3 + ((i * 11 + j * 5 + offset) % 40));
    const ids = [first, ...filler, first, 2];
    const supervised = Uint8Array.from(ids, (_, place) => (place >= ids.length - 2 ? 1 : 0));
    return { ids: Int32Array.from(ids), supervised, supervisedBytes: 2, truncatedTokens: 0 };
  });
}
const file = (name) => join(root, `${name}.examples`);
await writeExamples(file('train'), examples(40, 0));
await writeExamples(file('validation'), examples(12, 3));

function inputOf(changes, more = {}) {
  const settings = { ...defaultSettings, learningRate: 1e-2, batchSize: 8, patience: 0, ...changes };
  const checkpointDirectory = join(root, `run-${runs++}`);
  const data = {
    train: { file: file('train') },
    validation: { file: file('validation'), indices: [3, 0, 5, 7, 9, 11] },
  };
  return {
    model,
    ...data,
    settings,
    checkpointDirectory,
    validateAtStart: true,
    evaluateAtShares: [1 / 9, 1 / 3],
    ...more,
  };
}

/** Trains in a process of its own, as a search does. */
async function train(engine, input, { stopAt } = {}) {
  const process = engines[engine].open('the run');
  const stop = new AbortController();
  const steps = [];
  const onEvent = (event) => {
    if (event.type === 'step') steps.push(event);
    if (event.type === 'step' && event.step === stopAt) stop.abort();
  };
  try {
    return { summary: await process.run('fineTune', input, { onEvent, signal: stop.signal }), steps };
  } finally {
    await process.close();
  }
}

/** Runs jobs one after another in one Python, which takes seconds to start. */
function trainAll(inputs) {
  const jobs = join(root, 'jobs.json');
  writeFileSync(jobs, JSON.stringify(inputs));
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', here('batch.py'), jobs], { encoding: 'utf8' });
  deepStrictEqual(status, 0, stderr);
  return stdout.trim().split('\n').map(JSON.parse);
}

const targets = ['q_proj', 'v_proj', 'down_proj'];
const lora = { rank: 2, alpha: 8, targets, rankStabilized: false };
const frozen = { layers: 0, embeddings: false, unfreeze: 'none', layerwiseDecay: 1 };
const variants = {
  'every weight, linear, weight decay': { weightDecay: 0.1, schedule: { name: 'linear', warmup: 0.1 } },
  'two accumulated micro-batches': { microBatchTokens: 32, schedule: { name: 'cosine', warmup: 0.2, floor: 0.1 } },
  'a layer frozen, layer-wise rates': { freezing: { ...frozen, layers: 1, embeddings: true, layerwiseDecay: 0.5 } },
  'gradual unfreezing': { freezing: { ...frozen, unfreeze: 'gradual', layerwiseDecay: 0.4 } },
  'no clipping, cosine restarts': { maxGradientNorm: 0, schedule: { name: 'cosine-restarts', warmup: 0, cycles: 2 } },
  'inverse square root': { schedule: { name: 'inverse-sqrt', warmup: 0.3 } },
  'polynomial, batches that do not divide': { batchSize: 7, schedule: { name: 'polynomial', warmup: 0.1, power: 2 } },
  'warm-up, stable, decay; early stopping': {
    learningRate: 0.03,
    patience: 2,
    minImprovement: 0.3,
    epochs: 8,
    schedule: { name: 'warmup-stable-decay', warmup: 0, decay: 0.4 },
  },
  LoRA: { method: 'lora', lora, freezing: { ...frozen, embeddings: true } },
  'LoRA, rank-stabilised, upper layers': {
    method: 'lora',
    lora: { ...lora, rankStabilized: true },
    freezing: { ...frozen, layers: 2, embeddings: true },
  },
};

const largest = (pairs) => Math.max(...pairs.map(([a, b]) => Math.abs(a - b) / Math.max(1, Math.abs(b))));
function zip(a, b) {
  deepStrictEqual(a.length, b.length);
  return a.map((x, i) => [x, b[i]]);
}

async function agree(name, changes, theirs) {
  const ours = await train('onnx', inputOf(changes));
  const pick = (run, key) => run.steps.map((step) => step[key]);
  deepStrictEqual(theirs.summary.outcome, ours.summary.outcome, name);
  for (const key of ['step', 'totalSteps', 'epoch', 'tokens', 'applied'])
    deepStrictEqual(pick(theirs, key), pick(ours, key), key);
  ok(largest(zip(pick(theirs, 'learningRate'), pick(ours, 'learningRate'))) < 1e-12, 'learning rates');
  const losses = largest(zip(pick(theirs, 'loss'), pick(ours, 'loss')));
  const norms = largest(zip(pick(theirs, 'gradientNorm'), pick(ours, 'gradientNorm')));
  const measured = (run) =>
    run.summary.history.flatMap(({ step, loss, bitsPerByte, perExample }) => [step, loss, bitsPerByte, ...perExample]);
  const validation = largest(zip(measured(theirs), measured(ours)));
  console.log(
    `${name}: ${ours.steps.length} steps; largest difference of losses ${losses.toExponential(1)}, gradient norms ${norms.toExponential(1)}, validation ${validation.toExponential(1)}`,
  );
  ok(losses < 2e-4 && validation < 2e-4 && norms < 1e-3, `${name}: the engines differ`);
  deepStrictEqual(theirs.summary.best.step, ours.summary.best.step);
}

const digest = (folder, prefix) => {
  const [newest] = readdirSync(folder)
    .filter((entry) => entry.startsWith(prefix))
    .sort()
    .reverse();
  return createHash('sha256')
    .update(readFileSync(join(folder, newest, 'tensors.safetensors')))
    .digest('hex');
};

/** Paused at a share, stopped by a signal, killed; then to the end: bit for bit the run that was left alone. */
function resumes(name, changes) {
  const [whole, cut] = [inputOf(changes), inputOf(changes)];
  const [expected, paused] = trainAll([whole, { ...cut, stopAtShare: 0.3 }]);
  deepStrictEqual(paused.summary.outcome, 'paused');
  deepStrictEqual(signalled(cut, 7, 'SIGTERM'), 'interrupted');
  deepStrictEqual(signalled(cut, 10, 'SIGKILL'), 'SIGKILL');
  const [{ summary }] = trainAll([cut]);
  deepStrictEqual([summary.outcome, summary.step], [expected.summary.outcome, expected.summary.step]);
  deepStrictEqual(summary.history, expected.summary.history);
  deepStrictEqual(summary.tokens, expected.summary.tokens);
  for (const kind of ['step-', 'best-'])
    deepStrictEqual(
      digest(cut.checkpointDirectory, kind),
      digest(whole.checkpointDirectory, kind),
      `${name}: ${kind} weights`,
    );
  console.log(`${name}: paused, stopped and killed, then equal bit for bit`);
}

/** Runs the job as a program of its own that gets a signal at a step. */
function signalled(input, step, name) {
  const job = join(root, `job-${runs++}.json`);
  writeFileSync(job, JSON.stringify({ ...input, checkpointEverySeconds: 0 }));
  const args = [here('signalled.py'), job, String(step), name];
  const { signal, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  return signal ?? (stdout.trim() || stderr);
}

/** The engine's signal, in a run that has far to go. */
async function stops() {
  const { summary } = await train('pytorch', inputOf({ epochs: 1000 }), { stopAt: 3 });
  deepStrictEqual(summary.outcome, 'interrupted');
}

/** What cannot be used is refused in words; the best weights are exported for Transformers and PEFT. */
function refusesAndExports() {
  const folder = inputOf({});
  const damaged = file('damaged');
  writeFileSync(damaged, readFileSync(file('train')).subarray(0, -1));
  const output = (name) => ({ output: join(root, name) });
  const [, other, none, cut, layers, wild] = trainAll([
    { ...folder, stopAtShare: 0.2 },
    { ...folder, settings: { ...folder.settings, weightDecay: 0.5 } },
    { ...inputOf({}), train: { file: join(root, 'none') } },
    { ...inputOf({}), train: { file: damaged } },
    inputOf({ freezing: { ...frozen, layers: 4, embeddings: true } }),
    inputOf({ learningRate: 1e30, maxGradientNorm: 0, schedule: { name: 'constant', warmup: 0 } }),
    inputOf({}, output('model')),
    inputOf(variants.LoRA, output('adapter')),
  ]);
  match(other.error.message, /holds the checkpoint of a run with other settings/);
  match(none.error.message, /The examples in .*none cannot be read/);
  match(cut.error.message, /is damaged\. Delete it/);
  match(layers.error.message, /Frozen layers is 4; the model has 3/);
  deepStrictEqual(wild.summary.outcome, 'diverged');
  ok(existsSync(join(root, 'model', 'model.safetensors')));
  ok(existsSync(join(root, 'adapter', 'adapter_model.safetensors')));
  console.log(
    'bad files, foreign checkpoints, too many frozen layers, divergence: said so; a model and an adapter exported',
  );
}

try {
  const theirs = trainAll(Object.values(variants).map((changes) => inputOf(changes)));
  for (const [i, [name, changes]] of Object.entries(variants).entries()) await agree(name, changes, theirs[i]);
  resumes('gradual unfreezing, dropout', { ...variants['gradual unfreezing'], dropout: 0.2 });
  resumes('LoRA, dropout, accumulation', { ...variants.LoRA, dropout: 0.2, microBatchTokens: 32 });
  await stops();
  refusesAndExports();
} finally {
  rmSync(root, { recursive: true });
}
console.log('PyTorch trainer: passed');
