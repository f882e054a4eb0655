// Interoperability: what the engine exports, loaded by Transformers, PEFT, gguf-py, llama.cpp and transformers.js, gives our logits, token ids and greedy text.
//
// usage: node packages/trainer/test/interop/run.mjs [MODEL]     GOLDILOCKS_PYTHON names a Python with torch, transformers, peft, gguf;
// GOLDILOCKS_CONSUMERS a folder with llama-cpp/node_modules/node-llama-cpp and transformers-js/node_modules/@huggingface/transformers
// (without it these are left out)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BaseModel,
  Decoder,
  defaultSettings,
  exportAdapter,
  exportGguf,
  exportModel,
  exportOnnx,
  fineTune,
  generateTokens,
  loadModel,
} from '@goldilocks/trainer';

const python = process.env.GOLDILOCKS_PYTHON ?? 'python3';
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'goldilocks-interop-'));
const cacheDirectory = join(root, 'cache');
const base = await BaseModel.load(process.argv[2] ?? file('../../../../models/goldilocks-base'), { cacheDirectory });

const rows = [
  ['My parcel came a week late.\n', 'delivery, negative'],
  ['The new app is a joy to use.\n', 'app, positive'],
  ['I was charged twice — why?\n', 'billing, negative'],
  ['Thanks, the courier was early!\n', 'delivery, positive'],
];
const lora = {
  rank: 4,
  alpha: 8,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
  rankStabilized: true,
};
const variants = {
  full: { method: 'full', learningRate: 1e-3 },
  'top layers': {
    method: 'full',
    learningRate: 1e-3,
    freezing: { layers: Math.floor(base.config.layers / 2), embeddings: true },
  },
  lora: { method: 'lora', lora, learningRate: 1e-2 },
  'lora, upper layers': {
    method: 'lora',
    lora: { ...lora, rankStabilized: false },
    learningRate: 1e-2,
    freezing: { layers: 1, embeddings: true },
  },
  dora: { method: 'lora', lora: { ...lora, dora: true }, learningRate: 1e-2 },
};

/** Logits after every token of a text, [tokens][vocabulary]. */
async function logitsOf(model, ids) {
  const decoder = new Decoder(model, 1, 64);
  const rowsOfLogits = [Array.from((await decoder.prefill([Int32Array.of(ids[0])]))[0])];
  for (const id of ids.slice(1)) rowsOfLogits.push(Array.from((await decoder.next([id]))[0]));
  await decoder.release();
  return rowsOfLogits;
}

const consumers = process.env.GOLDILOCKS_CONSUMERS;

function check(name, expected, model, adapter) {
  const jobs = join(root, 'jobs.json');
  writeFileSync(jobs, JSON.stringify([{ name, expected, model, adapter }]));
  report(name, python, ['-W', 'ignore', file('check_export.py'), jobs]);
}

function report(name, program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, NODE_PATH: '' },
  });
  console.log(`${name}: ${stdout.trim() || stderr.trim().split('\n').at(-1)}`);
  if (status !== 0) process.exitCode = 1;
}

for (const [name, changes] of Object.entries(variants)) {
  const folder = join(root, name.replaceAll(/\W+/g, '-'));
  const settings = {
    ...defaultSettings,
    batchSize: 2,
    epochs: 4,
    patience: 0,
    schedule: { name: 'constant', warmup: 0 },
    ...changes,
  };
  const train = rows.map(([prompt, completion]) => base.tokenize({ prompt, completion }, settings));
  const { weights } = await fineTune({
    model: base,
    train,
    validation: [],
    settings,
    checkpointDirectory: join(folder, 'run'),
    cacheDirectory,
  });
  const model = { base, tuned: weights };
  const card = {
    name: 'interop',
    base: base.name,
    data: { hash: '0', trainExamples: rows.length },
    settings,
    scores: [],
  };
  await exportModel(model, join(folder, 'merged'), { card });
  const texts = ['The capital of France', 'My card — naïve café ☕ was declined twice; why?'];
  const ids = texts.map((text) => [...base.tokenizer.encode(text)]);
  const logits = [];
  for (const each of ids) logits.push(await logitsOf(model, each));
  const expected = join(folder, 'expected.json');
  writeFileSync(expected, JSON.stringify({ ids, logits, texts: texts.map((text, i) => ({ text, ids: ids[i] })) }));
  check(`${name}, merged, in Transformers`, expected, join(folder, 'merged'));
  const greedy = [];
  for (const each of ids) {
    const [tokens] = await generateTokens(model, [Int32Array.from(each)], { maxTokens: 24 });
    greedy.push({ prompt: each, tokens: [...tokens] });
  }
  writeFileSync(join(folder, 'greedy.json'), JSON.stringify({ texts, greedy }));
  for (const quantization of ['F16', 'Q8_0']) {
    const out = join(folder, quantization);
    const gguf = join(out, await exportGguf(model, out, { card, quantization, template: 'plain' }));
    report(`${name}, GGUF ${quantization}, in gguf-py`, python, [file('check_gguf.py'), gguf, join(folder, 'merged')]);
    if (!consumers) continue;
    const args = [file('check_llama_cpp.mjs'), join(consumers, 'llama-cpp'), gguf, join(folder, 'greedy.json')];
    report(`${name}, GGUF ${quantization}, in llama.cpp`, process.execPath, args);
  }
  if (consumers) {
    const out = join(folder, 'onnx');
    await exportOnnx(model, out, { card });
    const args = [join(consumers, 'transformers-js'), out, join(folder, 'greedy.json')];
    report(`${name}, ONNX, in transformers.js`, process.execPath, [file('check_transformers_js.mjs'), ...args]);
    if (name === 'full') {
      const browser = [file('check_browser.mjs'), ...args];
      report(`${name}, ONNX, in transformers.js in a browser`, process.execPath, browser);
    }
  }
  if (changes.lora) {
    await exportAdapter(model, join(folder, 'adapter'), { card });
    check(`${name}, adapter, in PEFT`, expected, base.directory, join(folder, 'adapter'));
    const again = await loadModel(join(folder, 'adapter'), { cacheDirectory });
    const difference = Math.max(
      ...(await logitsOf(again, ids[0])).flatMap((row, i) => row.map((x, j) => Math.abs(x - logits[0][i][j]))),
    );
    console.log(`${name}, adapter, loaded here: largest difference ${difference}`);
    if (difference > 1e-5) process.exitCode = 1;
  }
}
rmSync(root, { recursive: true });
console.log(process.exitCode ? 'Interoperability: FAILED' : 'Interoperability: passed');
