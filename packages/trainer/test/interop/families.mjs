// Interoperability of every family: tiny random models tuned here, loaded by Transformers and PEFT, give our logits.
//
// usage: node packages/trainer/test/interop/families.mjs [CASE...]     GOLDILOCKS_PYTHON names a Python with torch, transformers, peft
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BaseModel,
  Decoder,
  defaultSettings,
  exportAdapter,
  exportModel,
  fineTune,
  loadModel,
  scoreLabels,
} from '@goldilocks/trainer';

const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const goldens = file('../../../../goldens/models');
const root = mkdtempSync(join(tmpdir(), 'goldilocks-families-'));
const cacheDirectory = join(root, 'cache');

const rows = [
  ['my parcel came late', 'delivery'],
  ['the app is a joy', 'praise'],
  ['why two cards ?', 'billing'],
  ['the parcel came !', 'delivery'],
];
// Longer than the reach that Phi-3's short factors are for.
const texts = [
  'my card was late why the parcel came two cards in a text',
  'why is the app a joy ? the card came late , i was two',
];
const adapters = {
  method: 'lora',
  lora: {
    rank: 4,
    alpha: 8,
    targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    rankStabilized: false,
  },
  learningRate: 1e-2,
};
const variants = {
  full: { method: 'full', learningRate: 1e-3 },
  lora: adapters,
  'lora, upper layers': { ...adapters, freezing: { layers: 1, embeddings: true } },
};

/** What Python is to load, all in one process at the end: its libraries take seconds to start. */
const jobs = [];

/** Logits after every token of each text [tokens][vocabulary]; of an encoder the log-probabilities of its classes. */
async function resultsOf(model, ids) {
  const { labels } = model.base.config;
  if (labels) {
    const prompts = texts.map((prompt) => ({ prompt, completion: '' }));
    return (await scoreLabels(model, prompts, labels)).probabilities.map((row) => Array.from(row, Math.log));
  }
  const results = [];
  for (const each of ids) results.push(await logitsOf(model, each));
  return results;
}

async function logitsOf(model, ids) {
  const decoder = new Decoder(model, 1, 64);
  const logits = [Array.from((await decoder.prefill([Int32Array.of(ids[0])]))[0])];
  for (const id of ids.slice(1)) logits.push(Array.from((await decoder.next([id]))[0]));
  await decoder.release();
  return logits;
}

async function checkVariant(base, name, changes) {
  const folder = join(root, name.replaceAll(/\W+/g, '-'));
  const schedule = { name: 'constant', warmup: 0 };
  const settings = { ...defaultSettings, batchSize: 2, epochs: 4, patience: 0, schedule, ...changes };
  const train = rows.map(([prompt, completion]) => base.tokenize({ prompt, completion }, settings));
  const checkpointDirectory = join(folder, 'run');
  const run = await fineTune({ model: base, train, validation: [], settings, checkpointDirectory, cacheDirectory });
  const model = { base, tuned: run.weights };
  const card = { name, base: base.name, data: { hash: '0', trainExamples: rows.length }, settings, scores: [] };
  const ids = texts.map((text) => [...base.tokenizer.encode(text)]);
  const logits = await resultsOf(model, ids);
  const expected = join(folder, 'expected.json');
  await exportModel(model, join(folder, 'merged'), { card });
  writeFileSync(expected, JSON.stringify({ ids, logits, labels: base.config.labels }));
  jobs.push({ name: `${name}, merged, in Transformers`, expected, model: join(folder, 'merged') });
  if (!changes.lora) return;
  const adapter = join(folder, 'adapter');
  await exportAdapter(model, adapter, { card });
  jobs.push({ name: `${name}, adapter, in PEFT`, expected, model: base.directory, adapter });
  const wanted = logits.flat(2);
  const again = (await resultsOf(await loadModel(adapter, { cacheDirectory }), ids)).flat(2);
  const difference = again.reduce((worst, value, i) => Math.max(worst, Math.abs(value - wanted[i])), 0);
  if (difference <= 1e-5) return;
  console.log(`${name}, adapter, loaded here: largest difference ${difference}`);
  process.exitCode = 1;
}

const all = readdirSync(goldens, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== 'tokenizers',
);
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all.map(({ name }) => name);
for (const name of chosen) {
  const folder = join(root, 'models', name);
  cpSync(join(goldens, name), folder, { recursive: true });
  cpSync(join(goldens, 'tokenizers', /bert/.test(name) ? 'wordpiece' : 'unigram'), folder, { recursive: true });
  const base = await BaseModel.load(folder, { cacheDirectory });
  for (const [kind, changes] of Object.entries(variants)) await checkVariant(base, `${name}, ${kind}`, changes);
}
const jobsFile = join(root, 'jobs.json');
writeFileSync(jobsFile, JSON.stringify(jobs));
const checker = ['-W', 'ignore', file('check_export.py'), jobsFile];
if (spawnSync(python, checker, { stdio: ['ignore', 'inherit', 'ignore'] }).status !== 0) process.exitCode = 1;
rmSync(root, { recursive: true });
console.log(process.exitCode ? 'Interoperability of the families: FAILED' : 'Interoperability of the families: passed');
