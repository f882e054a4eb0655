// Interoperability of every family of decoders: tiny random models, exported, continue texts in transformers.js and llama.cpp as they do here,
// far beyond their windows in ONNX, and within them in GGUF, where llama.cpp has no windows for Mistral and Qwen.
//
// usage: node packages/trainer/test/interop/families-elsewhere.mjs [CASE...]     GOLDILOCKS_CONSUMERS as in run.mjs
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BaseModel,
  defaultSettings,
  exportGguf,
  exportOnnx,
  generateTokens,
  SettingsError,
  writeSafetensors,
} from '@goldilocks/trainer';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const consumers = process.env.GOLDILOCKS_CONSUMERS;
const goldens = file('../../../../goldens/models');
const tokenizer = file('../../../../goldens/io/byte-level');
const root = mkdtempSync(join(tmpdir(), 'goldilocks-elsewhere-'));
const cacheDirectory = join(root, 'cache');

const vocabulary = 384;
const texts = ['the parcel came too late', 'My card was declined twice today'];
const newTokens = 24;
/** Longer than these texts and what follows them. */
const longWindow = 60;
const vocabularyTables = /(embed_tokens|embed_in|wte|lm_head|embed_out)\.weight$/;

/** The golden model with a vocabulary for the tokenizer: further rows are its own, turned. */
async function enlarged(name, changes) {
  const folder = join(root, Object.keys(changes).length > 0 ? `${name}-long` : name);
  const source = await BaseModel.load(join(goldens, name), { cacheDirectory });
  mkdirSync(folder, { recursive: true });
  cpSync(tokenizer, folder, { recursive: true });
  const tensors = [...source.shapes].map(([tensor, shape]) => {
    const data = source.readTensor(tensor);
    if (!vocabularyTables.test(tensor)) return { name: tensor, dtype: 'F32', shape, data };
    const [rows, width] = shape;
    const turned = Float32Array.from({ length: vocabulary * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return data[(row % rows) * width + ((column + Math.floor(row / rows) * 5) % width)];
    });
    return { name: tensor, dtype: 'F32', shape: [vocabulary, width], data: turned };
  });
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  const config = JSON.parse(readFileSync(join(goldens, name, 'config.json'), 'utf8'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, vocab_size: vocabulary, ...changes }));
  return BaseModel.load(folder, { cacheDirectory });
}

/** What follows the texts here, as the checkers read it. */
async function writeGreedy(base) {
  const greedy = [];
  for (const text of texts) {
    const prompt = [...base.tokenizer.encode(text)];
    const [tokens] = await generateTokens({ base }, [Int32Array.from(prompt)], { maxTokens: newTokens });
    greedy.push({ prompt, tokens: [...tokens] });
  }
  const path = join(root, 'greedy.json');
  // 8 bits decide otherwise between words that a random model finds alike.
  writeFileSync(path, JSON.stringify({ texts, greedy, exact: ['fp32'] }));
  return path;
}

const cardOf = (name) => ({
  ...{ name, base: name, settings: defaultSettings, scores: [] },
  data: { hash: '0', trainExamples: 1 },
});

function report(name, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  console.log(`${name}: ${stdout.trim() || stderr.trim().split('\n').at(-1)}`);
  if (status !== 0) process.exitCode = 1;
}

async function checkOnnx(name) {
  const base = await enlarged(name, {});
  const out = join(root, `${name}-onnx`);
  await exportOnnx({ base }, out, { card: cardOf(name) });
  const args = [join(consumers, 'transformers-js'), out, await writeGreedy(base)];
  report(`${name}, ONNX, in transformers.js`, [file('check_transformers_js.mjs'), ...args]);
}

async function checkGguf(name) {
  const config = JSON.parse(readFileSync(join(goldens, name, 'config.json'), 'utf8'));
  const base = await enlarged(name, config.sliding_window ? { sliding_window: longWindow } : { extra: true });
  const out = join(root, `${name}-gguf`);
  try {
    const gguf = join(out, await exportGguf({ base }, out, { card: cardOf(name), template: 'plain' }));
    const args = [join(consumers, 'llama-cpp'), gguf, await writeGreedy(base)];
    report(`${name}, GGUF, in llama.cpp`, [file('check_llama_cpp.mjs'), ...args]);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.log(`${name}, GGUF: refused. ${error.message}`);
  }
}

const encoders = ['bert', 'distilbert', 'modernbert', 'tokenizers'];
const all = readdirSync(goldens).filter((name) => !name.includes('.') && !encoders.includes(name));
for (const name of process.argv.length > 2 ? process.argv.slice(2) : all) {
  await checkOnnx(name);
  await checkGguf(name);
}
rmSync(root, { recursive: true });
console.log(process.exitCode ? 'Families elsewhere: FAILED' : 'Families elsewhere: passed');
