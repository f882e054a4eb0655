// GGUF files that are written are read again as the same model; llama.cpp and gguf-py read them in test/interop.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { SettingsError, TextError } from '../../errors.js';
import { BaseModel } from '../../models/base-model.js';
import { readArchitecture } from '../../models/families.js';
import { openSource } from '../../models/model-source.js';
import { defaultSettings } from '../../settings.js';
import { ChatTemplate } from '../../text/chat-template.js';
import { TextTokenizer } from '../../text/tokenizer.js';
import { ggufConfig } from '../../weights/gguf/config.js';
import { ggufFamilies, ggufName, huggingFaceName } from '../../weights/gguf/families.js';
import { GgufFile } from '../../weights/gguf/gguf-file.js';
import { exportGguf, tensorsOf } from './export-gguf.js';
import { addModelKeys, ropeDivisors } from './model-keys.js';
import { goTemplate } from './modelfile.js';
import { addTokenizerKeys } from './tokenizer-keys.js';
import { GgufKeyWriter, writeGguf } from './write-gguf.js';

const goldens = fileURLToPath(new URL('../../../../../goldens', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gguf-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const data = { hash: 'z', trainExamples: 1 };
const card = { name: 'Tiny', base: 'tiny', data, settings: defaultSettings, scores: [] };

describe.each(['byte-level', 'sentence-piece'])('the model %s', (name) => {
  test.each([
    ['F16', 1e-3],
    ['Q8_0', 0.02],
  ] as const)('comes back from %s', async (quantization, tolerance) => {
    const path = join(goldens, 'gguf', `${name}.gguf`);
    const base = await BaseModel.load(path, { cacheDirectory: join(folder, 'cache') });
    const out = join(folder, `${name}-${quantization}`);
    const file = join(out, await exportGguf({ base }, out, { card, quantization, template: 'chat' }));
    const written = openSource(file);
    const { raw: _, ...expected } = base.config;
    const { raw: __, ...found } = readArchitecture(written.config).config;
    expect(found).toEqual(expected);
    for (const [tensor, shape] of base.shapes) {
      expect(written.weights.info(tensor).shape).toEqual(shape);
      const values = base.readTensor(tensor);
      const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const error = written.weights.read(tensor).reduce((most, x, i) => Math.max(most, Math.abs(x - values[i]!)), 0);
      expect(error / largest).toBeLessThan(tolerance);
    }
    const tokenizer = TextTokenizer.from(written.tokenizer!);
    for (const { text, ids } of JSON.parse(readFileSync(join(goldens, 'gguf/models.json'), 'utf8'))[name].texts) {
      expect(tokenizer.encode(text)).toEqual(ids);
    }
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toMatch(
      /^license: "apache-2.0"$[\s\S]*^library_name: llama.cpp$/m,
    );
    const lines = readFileSync(join(out, 'Modelfile'), 'utf8');
    expect(lines).toMatch(new RegExp(`^FROM ./model-${quantization}.gguf\nTEMPLATE """`));
    expect(lines).toContain(`PARAMETER stop ${name === 'byte-level' ? '"<|im_end|>"' : '"</s>"'}`);
  });
});

test("Llama 3's way of stretching positions comes back", async () => {
  const raw = JSON.parse(readFileSync(join(goldens, 'llama/llama3-rope/config.json'), 'utf8'));
  const rope = { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4 };
  const stretched = { ...rope, rope_theta: 500_000, original_max_position_embeddings: 8192 };
  const architecture = readArchitecture({ ...raw, head_dim: 64, rope_scaling: null, rope_parameters: stretched });
  const keys = new GgufKeyWriter();
  keys.text('general.architecture', 'llama');
  addModelKeys(keys, ggufFamilies[0]!, architecture);
  const divisors = ropeDivisors(architecture)!;
  const tensor = (name: string, values: Float32Array) =>
    ({ name, shape: [values.length], dtype: 'F32', values: () => values }) as const;
  const path = join(folder, 'rope.gguf');
  await writeGguf(path, keys, [
    tensor('rope_freqs.weight', divisors),
    tensor('token_embd.weight', new Float32Array(4)),
  ]);
  expect(ggufConfig(GgufFile.open(path)).rope_parameters).toEqual(stretched);
});

test.each(['mistral', 'qwen2', 'qwen3', 'olmo2'])('the family %s comes back, mistral as llama', async (name) => {
  const base = await BaseModel.load(join(goldens, 'models', name), { cacheDirectory: join(folder, 'cache') });
  const family = ggufFamilies.find(({ modelType }) => modelType === base.config.modelType)!;
  const keys = new GgufKeyWriter();
  keys.text('general.architecture', family.architecture);
  keys.uint32('tokenizer.ggml.bos_token_id', base.config.bosTokenId!);
  keys.uint32('tokenizer.ggml.eos_token_id', base.config.eosTokenIds[0]!);
  keys.uint32('tokenizer.ggml.padding_token_id', base.config.padTokenId!);
  addModelKeys(keys, family, base.architecture);
  const path = join(folder, `${name}.gguf`);
  const tensors = tensorsOf({ base }, family, 'F16').map((tensor) => ({ ...tensor, dtype: 'F32' as const }));
  await writeGguf(path, keys, tensors);
  const source = openSource(path);
  const { raw: _, ...expected } = base.config;
  const modelType = name === 'mistral' ? 'llama' : name;
  // As llama.cpp has no windows for Mistral and Qwen, no text may be longer than one.
  const maxPositions = name === 'mistral' || name === 'qwen2' ? 4 : 64;
  expect(readArchitecture(source.config, path).config).toMatchObject({ ...expected, modelType, maxPositions });
  for (const tensor of base.shapes.keys()) expect(source.weights.read(tensor)).toEqual(base.readTensor(tensor));
});

test('Gemma is read with what llama.cpp knows of it, and not written', async () => {
  const base = await BaseModel.load(join(goldens, 'models/gemma3'), { cacheDirectory: join(folder, 'cache') });
  const family = ggufFamilies.find(({ modelType }) => modelType === 'gemma3_text')!;
  const keys = new GgufKeyWriter();
  keys.text('general.architecture', 'gemma3');
  // Its keys hold the positions of the layers that see everything.
  const rope = { config: { type: 'linear', theta: 1e6, factor: 8 }, dimensions: 8 };
  const config = { ...base.config, rope };
  addModelKeys(keys, family, { ...base.architecture, config });
  const path = join(folder, 'gemma3.gguf');
  await writeGguf(path, keys, tensorsOf({ base }, family, 'F16'));
  const read = ggufConfig(GgufFile.open(path));
  expect(read).toMatchObject({
    rope_theta: 1e6,
    rope_local_base_freq: 10_000,
    query_pre_attn_scalar: 8,
    sliding_window: 4,
  });
  expect(read.rope_scaling).toEqual({ rope_type: 'linear', factor: 8 });
  expect(readArchitecture(read, path).config.modelType).toBe('gemma3_text');
  await expect(exportGguf({ base }, join(folder, 'none'), { card, template: 'plain' })).rejects.toThrow(
    /gemma3_text cannot be/,
  );
});

test('every name in GGUF leads back to the one at Hugging Face', () => {
  for (const family of ggufFamilies) {
    for (const [, module] of family.layerModules) {
      const name = `model.layers.12.${module}.weight`;
      expect(huggingFaceName(family, ggufName(family, name)!)).toBe(name);
    }
    expect(ggufName(family, 'lm_head.weight')).toBe('output.weight');
  }
});

test('a model without a form in GGUF is refused in words', async () => {
  const base = await BaseModel.load(join(goldens, 'llama/tied'), { cacheDirectory: join(folder, 'cache') });
  await expect(exportGguf({ base }, join(folder, 'none'), { card, template: 'plain' })).rejects.toThrow(SettingsError);
  const files = openSource(join(goldens, 'gguf/byte-level.gguf')).tokenizer!;
  const other = { ...files, json: { ...files.json, pre_tokenizer: { type: 'Whitespace' } } };
  expect(() => addTokenizerKeys(new GgufKeyWriter(), other, 340, { eosTokenIds: [] })).toThrow(TextError);
});

describe('the template of a Modelfile', () => {
  const each = (body: string) => new ChatTemplate(`{% for message in messages %}${body}{% endfor %}`);

  test('puts around each message what the chat template does', () => {
    const template = each("<{{ message['role'] }}>{{ message['content'] }}</>");
    expect(goTemplate(template)).toBe(
      '{{ if .System }}<system>{{ .System }}</><user>{{ else }}<user>{{ end }}{{ .Prompt }}</>{{ .Response }}</>',
    );
  });

  test('braces of the text are no actions of the template', () => {
    expect(goTemplate(each("{{ '{{' }}{{ message['content'] }}"))).toContain('{{ if .System }}{{ "{{" }}{{ .System }}');
  });

  test('is none where messages are not laid out one after another', () => {
    expect(goTemplate(each("{{ message['content'] }}{{ message['content'] }}"))).toBeUndefined();
    expect(goTemplate(new ChatTemplate("{{ raise_exception('no') }}"))).toBeUndefined();
  });
});
