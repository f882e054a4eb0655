// The exported graph, run as other programs run it, against Transformers' logits; transformers.js loads the folder in test/interop.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BaseModel } from '../../models/base-model.js';
import { defaultSettings } from '../../settings.js';
import { exportOnnx } from './export-onnx.js';

const goldens = fileURLToPath(new URL('../../../../../goldens/gguf', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'onnx-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const card = { name: 'x', base: 'y', data: { hash: 'z', trainExamples: 1 }, settings: defaultSettings, scores: [] };
const { ids, logits: expected } = JSON.parse(readFileSync(join(goldens, 'models.json'), 'utf8'))['byte-level'] as {
  ids: number[];
  logits: number[];
};
const out = join(folder, 'model');

beforeAll(async () => {
  const base = await BaseModel.load(join(goldens, 'byte-level.gguf'), { cacheDirectory: join(folder, 'cache') });
  await exportOnnx({ base }, out, { card });
});

const int64 = (rows: number[][]) =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);

type Cache = Record<string, Tensor>;

const emptyCache = (rows: number): Cache =>
  Object.fromEntries(
    [0, 1].flatMap((layer) =>
      ['key', 'value'].map((kind) => [
        `past_key_values.${layer}.${kind}`,
        new Tensor('float32', new Float32Array(0), [rows, 2, 0, 16]),
      ]),
    ),
  );

/** Feeds rows of tokens behind a cache; position ids count what is no padding, as Transformers does. */
async function run(session: InferenceSession, tokens: number[][], mask: number[][], cache: Cache) {
  const positions = mask.map((row, i) => {
    let seen = 0;
    return row.map((real) => (real ? seen++ : 1)).slice(-tokens[i]!.length);
  });
  const feeds = { input_ids: int64(tokens), attention_mask: int64(mask), position_ids: int64(positions), ...cache };
  const results = await session.run(feeds);
  const next: Cache = {};
  for (const [name, tensor] of Object.entries(results)) {
    if (name.startsWith('present')) next[name.replace('present', 'past_key_values')] = tensor as Tensor;
  }
  return { logits: results.logits as Tensor, cache: next };
}

function lastLogits({ data, dims }: Tensor, row: number): Float32Array {
  const [, tokens, vocabulary] = dims as [number, number, number];
  return (data as Float32Array).subarray(((row + 1) * tokens - 1) * vocabulary, (row + 1) * tokens * vocabulary);
}

const difference = (found: Float32Array) => Math.max(...expected.map((logit, i) => Math.abs(logit - found[i]!)));

describe.each([
  ['model', 1e-4],
  // 8 bits move logits by a small part of their spread.
  ['model_quantized', (Math.max(...expected) - Math.min(...expected)) / 50],
])('%s', (name, tolerance) => {
  let session: InferenceSession;
  beforeAll(async () => {
    session = await InferenceSession.create(join(out, 'onnx', `${name}.onnx`), { logSeverityLevel: 3 });
  });

  test('has the inputs and outputs that readers expect, and no others', () => {
    const cached = [0, 1].flatMap((layer) => ['key', 'value'].map((kind) => `${layer}.${kind}`));
    expect([...session.inputNames].sort()).toEqual(
      ['attention_mask', 'input_ids', 'position_ids', ...cached.map((each) => `past_key_values.${each}`)].sort(),
    );
    expect([...session.outputNames].sort()).toEqual(['logits', ...cached.map((each) => `present.${each}`)].sort());
    const shapes = new Map(session.inputMetadata.map((each) => [each.name, each.isTensor ? each.shape : []]));
    expect(shapes.get('past_key_values.1.value')).toEqual(['batch_size', 2, 'past_sequence_length', 16]);
    expect(shapes.get('attention_mask')).toEqual(['batch_size', 'total_sequence_length']);
  });

  test('reads a text at once', async () => {
    const { logits } = await run(session, [ids], [ids.map(() => 1)], emptyCache(1));
    expect(logits.dims).toEqual([1, ids.length, 340]);
    expect(difference(lastLogits(logits, 0))).toBeLessThan(tolerance);
  });

  test('reads it in pieces behind the cache, beside a row with padding in front', async () => {
    const padded = [0, 0, ...ids.slice(2)];
    const first = [ids.slice(0, 4), padded.slice(0, 4)];
    const mask = [ids.map(() => 1), ids.map((_, i) => (i < 2 ? 0 : 1))];
    const begun = await run(
      session,
      first,
      mask.map((row) => row.slice(0, 4)),
      emptyCache(2),
    );
    const middle = await run(
      session,
      [ids.slice(4, 6), ids.slice(4, 6)],
      mask.map((row) => row.slice(0, 6)),
      begun.cache,
    );
    const ended = await run(session, [ids.slice(6), ids.slice(6)], mask, middle.cache);
    expect(difference(lastLogits(ended.logits, 0))).toBeLessThan(tolerance);
    const alone = await run(session, [ids.slice(2)], [ids.slice(2).map(() => 1)], emptyCache(1));
    const [one, other] = [lastLogits(ended.logits, 1), lastLogits(alone.logits, 0)];
    expect(Math.max(...one.map((logit, i) => Math.abs(logit - other[i]!)))).toBeLessThan(1e-3);
  });
});

/** The exported golden model of a family, and what Transformers makes of a text. */
async function family(name: string) {
  const models = join(goldens, '../models');
  const source = join(folder, `${name}-base`);
  cpSync(join(models, name), source, { recursive: true });
  cpSync(join(models, 'tokenizers/unigram'), source, { recursive: true });
  const base = await BaseModel.load(source, { cacheDirectory: join(folder, 'cache') });
  const out = join(folder, name);
  await exportOnnx({ base }, out, { card });
  const golden = JSON.parse(readFileSync(join(models, name, 'golden.json'), 'utf8'));
  const tokens: number[] = golden.examples[1].ids;
  const wanted: number[] = golden.logits.slice(-base.config.vocabSize);
  const { layers, kvHeads, headDim } = base.config;
  const logitsOf = async (graph: string, firstPosition = 0) => {
    const session = await InferenceSession.create(join(out, 'onnx', `${graph}.onnx`), { logSeverityLevel: 3 });
    const empty = new Tensor('float32', new Float32Array(0), [1, kvHeads, 0, headDim]);
    const cache = Array.from({ length: layers }, (_, i) =>
      ['key', 'value'].map((kind) => `past_key_values.${i}.${kind}`),
    );
    const { logits } = await session.run({
      ...Object.fromEntries(cache.flat().map((each) => [each, empty])),
      input_ids: int64([tokens]),
      attention_mask: int64([tokens.map(() => 1)]),
      position_ids: int64([tokens.map((_, i) => firstPosition + i)]),
    });
    return lastLogits(logits as Tensor, 0);
  };
  const error = (found: Float32Array) => Math.max(...wanted.map((logit, i) => Math.abs(logit - found[i]!)));
  return { logitsOf, error, spread: Math.max(...wanted) - Math.min(...wanted) };
}

test('windows are measured by places in the text: transformers.js begins the positions of Gemma 3 at 1', async () => {
  const { logitsOf, error } = await family('gemma3');
  expect(error(await logitsOf('model', 0))).toBeLessThan(1e-4);
  expect(error(await logitsOf('model', 1))).toBeLessThan(1e-4);
});

test('matrices that a model keeps the other way round have an 8-bit form too, or stay as they are', async () => {
  const { logitsOf, error, spread } = await family('gpt2');
  expect(error(await logitsOf('model'))).toBeLessThan(1e-4);
  expect(error(await logitsOf('model_quantized'))).toBeLessThan(spread / 20);
});

test('long positions turn by the factors for the text that is there: short ones up to the original reach', async () => {
  for (const name of ['phi3-short', 'phi3-long']) {
    const { logitsOf, error } = await family(name);
    expect(error(await logitsOf('model'))).toBeLessThan(1e-4);
  }
});

test('the folder is one that transformers.js knows', () => {
  expect(readdirSync(join(out, 'onnx')).sort()).toEqual([
    'model.onnx',
    'model.onnx_data',
    'model_quantized.onnx',
    'model_quantized.onnx_data',
  ]);
  const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
  expect(config['transformers.js_config'].use_external_data_format).toEqual({
    'model.onnx': 1,
    'model_quantized.onnx': 1,
  });
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('library_name: transformers.js');
});
