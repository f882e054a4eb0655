import { expect, it } from 'vitest';
import { readArchitecture } from '../models/families.js';
import { Inventory } from '../models/inventory.js';
import { defaultSettings, type TrainingSettings } from '../settings.js';
import { estimateSpeed } from './estimate-speed.js';

const shape = { vocab_size: 1000, hidden_size: 64, intermediate_size: 160, num_hidden_layers: 4 };
const config = {
  ...{ model_type: 'llama', architectures: ['LlamaForCausalLM'], tie_word_embeddings: true, hidden_act: 'silu' },
  ...{ ...shape, num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 256, rms_norm_eps: 1e-5 },
};
const architecture = readArchitecture(config, 'config.json');
const base = { config: architecture.config, inventory: new Inventory(architecture) };
const speedAt = (settings: Partial<TrainingSettings>, flops = 1e9) =>
  estimateSpeed(base, { ...defaultSettings, ...settings }, async ({ rows, inner, columns }) => {
    return (2 * rows * inner * columns) / flops;
  });

// Query and output 64 × 64, key and value 64 × 32, three of 64 × 160; the table of words for the quarter that predicts.
const layer = 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 160;
const head = 64 * 1000;

it('counts every product of a step once for each pass', async () => {
  expect(await speedAt({})).toBeCloseTo(1e9 / (1.3 * 2 * 3 * (4 * layer + head / 4)), 3);
  expect(await speedAt({ lossOn: 'all' })).toBeCloseTo(1e9 / (1.3 * 2 * 3 * (4 * layer + head)), 3);
  expect(await speedAt({ method: 'lora' })).toBeCloseTo(1e9 / (1.3 * 2 * 2 * (4 * layer + head / 4)), 3);
  const frozen = { ...defaultSettings.freezing, layers: 3 };
  expect(await speedAt({ freezing: frozen })).toBeCloseTo(1e9 / (1.3 * 2 * 3 * (layer + head / 4)), 3);
});

it('tries the products out where it is not told', async () => {
  expect(await estimateSpeed(base, defaultSettings)).toBeGreaterThan(100);
});
