// Whole folders: what is in them, and that they appear whole or not at all. Transformers loads them in test/interop.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ModelFormatError, OutputError } from '../errors.js';
import type { ModelConfig } from '../models/config.js';
import { readArchitecture } from '../models/families.js';
import { Inventory } from '../models/inventory.js';
import type { WeightTensor } from '../models/model.js';
import { defaultSettings } from '../settings.js';
import { TextTokenizer } from '../text/tokenizer.js';
import { SafetensorsFile } from '../weights/safetensors.js';
import type { TensorToWrite } from '../weights/write-safetensors.js';
import { exportHuggingFace } from './hugging-face.js';
import { exportPeftAdapter } from './peft-adapter.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const card = { name: 'x', base: 'y', data: { hash: 'z', trainExamples: 1 }, settings: defaultSettings, scores: [] };
const raw = JSON.parse(readFileSync(`${goldenFolder}/llama/llama3-rope/config.json`, 'utf8'));
const architecture = readArchitecture(raw);
const { config } = architecture;
const tensor = (name: string): TensorToWrite => ({ name, dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) });

function write(
  outDir: string,
  changes: Partial<ModelConfig> = {},
  tensors = [tensor('model.norm.weight'), tensor('lm_head.weight')],
) {
  const baseFolder = `${goldenFolder}/io/byte-level`;
  const changed = { ...architecture, config: { ...config, ...changes } };
  return exportHuggingFace({ outDir, architecture: changed, tensors, baseFolder, card, dtype: 'F32' });
}

const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('a merged model', () => {
  test('has everything that a reader looks for', async () => {
    const out = join(folder, 'new', 'model');
    await write(out);
    expect(readdirSync(out).sort()).toEqual([
      'README.md',
      'chat_template.jinja',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(readdirSync(join(folder, 'new'))).toEqual(['model']);
    expect(json(out, 'tokenizer_config.json').chat_template).toBe(
      readFileSync(join(out, 'chat_template.jinja'), 'utf8'),
    );
    expect(TextTokenizer.load(out).encode('my card')).toEqual(
      TextTokenizer.load(`${goldenFolder}/io/byte-level`).encode('my card'),
    );
  });

  test('its configuration reads back the same, in both spellings', async () => {
    const out = join(folder, 'model');
    await write(out);
    const written = json(out, 'config.json');
    const { raw: _, ...expected } = config;
    const reread = (changes: object) => readArchitecture({ ...written, ...changes }).config;
    expect(reread({})).toMatchObject(expected);
    expect(reread({ rope_parameters: undefined })).toMatchObject(expected);
    expect(reread({ rope_scaling: undefined, rope_theta: undefined })).toMatchObject(expected);
    expect(readFileSync(join(out, 'config.json'), 'utf8')).toContain('"rope_theta": 10000.0');
    expect(written).toMatchObject({ tie_word_embeddings: true, dtype: 'float32', torch_dtype: 'float32' });
  });

  test('a tied output layer is not stored twice, an untied one is stored', async () => {
    await write(join(folder, 'tied'), { tieWordEmbeddings: true });
    await write(join(folder, 'untied'), { tieWordEmbeddings: false });
    expect(SafetensorsFile.open(join(folder, 'tied')).names()).toEqual(['model.norm.weight']);
    expect(SafetensorsFile.open(join(folder, 'untied')).names()).toEqual(['model.norm.weight', 'lm_head.weight']);
  });

  test("tokenizer classes that older readers don't know are replaced", async () => {
    const base = join(folder, 'base');
    cpSync(`${goldenFolder}/io/byte-level`, base, { recursive: true });
    const settings = {
      ...json(base, 'tokenizer_config.json'),
      tokenizer_class: 'TokenizersBackend',
      backend: 'tokenizers',
    };
    writeFileSync(join(base, 'tokenizer_config.json'), JSON.stringify(settings));
    writeFileSync(join(base, 'generation_config.json'), '{"temperature": 1, "eos_token_id": [1, 2]}');
    const out = join(folder, 'model');
    await exportHuggingFace({ outDir: out, architecture, tensors: [], baseFolder: base, card, dtype: 'F32' });
    expect(json(out, 'tokenizer_config.json').tokenizer_class).toBe('PreTrainedTokenizerFast');
    expect(json(out, 'tokenizer_config.json')).not.toHaveProperty('backend');
    expect(readFileSync(join(out, 'generation_config.json'), 'utf8')).toContain('"temperature": 1.0');
  });
});

describe('nothing half-written is left', () => {
  test('where the folder is in use', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'precious');
    await expect(write(folder)).rejects.toThrow(/already in use: it holds 1 files/);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  test('an empty folder is fine', async () => {
    mkdirSync(join(folder, 'model'));
    await write(join(folder, 'model'));
    expect(existsSync(join(folder, 'model', 'config.json'))).toBe(true);
  });

  test('where a tensor turns out wrong', async () => {
    const wrong = { ...tensor('a'), shape: [3] };
    await expect(write(join(folder, 'model'), {}, [wrong])).rejects.toThrow(ModelFormatError);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('where the disk is full', async () => {
    const probe = await open(join(folder, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    vi.spyOn(handles, 'write').mockRejectedValue(Object.assign(new Error('x'), { code: 'ENOSPC' }));
    const attempt = write(join(folder, 'model'));
    await expect(attempt).rejects.toThrow(OutputError);
    await expect(attempt).rejects.toThrow(/the disk is full/);
    expect(readdirSync(folder)).toEqual(['probe']);
  });

  test('where a file is in the way', async () => {
    writeFileSync(join(folder, 'model'), '');
    await expect(write(join(folder, 'model'))).rejects.toThrow(OutputError);
    await expect(write(join(folder, 'model', 'deeper'))).rejects.toThrow(OutputError);
    expect(readdirSync(folder)).toEqual(['model']);
  });
});

describe('a PEFT adapter', () => {
  const lora = { rank: 2, alpha: 4, targets: ['q_proj' as const], rankStabilized: true };
  const layer = (n: number): [string, WeightTensor][] => [
    [`model.layers.${n}.self_attn.q_proj.lora_A.weight`, { shape: [2, 3], data: new Float32Array(6).fill(n) }],
    [`model.layers.${n}.self_attn.q_proj.lora_B.weight`, { shape: [4, 2], data: new Float32Array(8) }],
  ];
  const twoLayers = readArchitecture({ ...raw, num_hidden_layers: 2 });
  const adapter = (tensors: ReturnType<typeof layer>) =>
    exportPeftAdapter({
      outDir: join(folder, 'adapter'),
      lora,
      dropout: 0.1,
      tensors: new Map(tensors),
      architecture: twoLayers,
      inventory: new Inventory(twoLayers),
      base: 'some/base',
      card,
    });

  test('has the names and settings that PEFT reads', async () => {
    await adapter([...layer(0), ...layer(1)]);
    expect(json(folder, 'adapter', 'adapter_config.json')).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      base_model_name_or_path: 'some/base',
      r: 2,
      lora_alpha: 4,
      lora_dropout: 0.1,
      use_rslora: true,
      target_modules: ['q_proj'],
      layers_to_transform: null,
    });
    const weights = SafetensorsFile.open(join(folder, 'adapter', 'adapter_model.safetensors'));
    expect(weights.info('base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight').shape).toEqual([2, 3]);
    expect(weights.names()).toHaveLength(4);
  });

  test('names its layers where some are frozen', async () => {
    await adapter(layer(1));
    const written = json(folder, 'adapter', 'adapter_config.json');
    expect(written).toMatchObject({ layers_to_transform: [1], layers_pattern: 'layers' });
  });
});
