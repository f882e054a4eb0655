import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelFormatError } from '../errors.js';
import { ropeInverseFrequencies } from '../modules/rope.js';
import { readArchitecture } from './families.js';
import type { DecoderConfig } from './llama.js';

const goldenFolder = fileURLToPath(new URL('../../../../goldens', import.meta.url));

const parseConfig = (json: unknown) => readArchitecture(json).config as DecoderConfig;

const base = {
  model_type: 'llama',
  vocab_size: 1000,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
};

const golden = JSON.parse(readFileSync(`${goldenFolder}/io/weights.json`, 'utf8')).rope as {
  config: Record<string, unknown>;
  inverse_frequencies: number[];
}[];

test.each(golden)('rotary frequencies of $config as in Transformers', ({ config, inverse_frequencies: expected }) => {
  const found = ropeInverseFrequencies(parseConfig({ ...base, ...config }).rope, 16);
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(1e-6);
  });
});

test('missing values take the defaults of Transformers', () => {
  expect(parseConfig(base)).toEqual({
    modelType: 'llama',
    vocabSize: 1000,
    hiddenSize: 256,
    intermediateSize: 512,
    layers: 2,
    heads: 4,
    kvHeads: 4,
    headDim: 64,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: false,
    attentionBias: false,
    mlpBias: false,
    maxPositions: 2048,
    bosTokenId: 1,
    eosTokenIds: [2],
    padTokenId: undefined,
    rope: { config: { type: 'default', theta: 10_000 }, dimensions: 64 },
    raw: base,
  });
});

test('given values are taken, null means none', () => {
  const config = parseConfig({
    ...base,
    num_key_value_heads: 2,
    head_dim: 32,
    tie_word_embeddings: true,
    attention_bias: true,
    mlp_bias: true,
    eos_token_id: [5, 6],
    bos_token_id: null,
    pad_token_id: 7,
    rope_scaling: null,
  });
  expect(config).toMatchObject({
    kvHeads: 2,
    headDim: 32,
    tieWordEmbeddings: true,
    attentionBias: true,
    mlpBias: true,
  });
  expect(config).toMatchObject({ eosTokenIds: [5, 6], bosTokenId: undefined, padTokenId: 7 });
  expect(parseConfig({ ...base, eos_token_id: null }).eosTokenIds).toEqual([]);
});

test('rope_scaling wins over rope_parameters, as in Transformers', () => {
  const rope_parameters = { rope_type: 'default', rope_theta: 5000 };
  const config = parseConfig({ ...base, rope_parameters, rope_scaling: { type: 'linear', factor: 2 } });
  expect(config.rope.config).toEqual({ type: 'linear', factor: 2, theta: 5000 });
});

describe('refuses', () => {
  test.each<[string, unknown, RegExp]>([
    ['text', 'llama', /not a JSON object/],
    ['a list', [], /not a JSON object/],
    ['no model type', { ...base, model_type: undefined }, /nothing; supported: llama/],
    ['another family', { ...base, model_type: 't5' }, /"t5"; supported: llama/],
    ['quantised weights', { ...base, quantization_config: { bits: 4 } }, /quantised/],
    ['no size', { ...base, hidden_size: undefined }, /hidden_size/],
    ['a size of text', { ...base, hidden_size: '256' }, /hidden_size.*"256"/],
    ['an absurd vocabulary', { ...base, vocab_size: 1e12 }, /vocab_size/],
    ['an absurd depth', { ...base, num_hidden_layers: 1e6 }, /num_hidden_layers/],
    ['half a layer', { ...base, num_hidden_layers: 1.5 }, /num_hidden_layers/],
    ['no layers', { ...base, num_hidden_layers: 0 }, /num_hidden_layers/],
    ['heads that do not group', { ...base, num_key_value_heads: 3 }, /not a multiple/],
    ['an odd head', { ...base, head_dim: 33 }, /not an even number/],
    ['a negative epsilon', { ...base, rms_norm_eps: -1 }, /rms_norm_eps/],
    ['another activation', { ...base, hidden_act: 'gelu' }, /"gelu" is not supported/],
    ['an unknown rope', { ...base, rope_scaling: { rope_type: 'yarn', factor: 2 } }, /"yarn" is not supported/],
    ['linear without factor', { ...base, rope_scaling: { type: 'linear' } }, /needs factor/],
    ['llama3 without bounds', { ...base, rope_scaling: { type: 'llama3', factor: 8 } }, /needs low_freq_factor/],
    ['an odd rotation', { ...base, rope_parameters: { partial_rotary_factor: 0.02 } }, /1 of a head's 64 coordinates/],
    ['an end beyond the vocabulary', { ...base, eos_token_id: 1000 }, /eos_token_id 1000/],
    ['a negative id', { ...base, bos_token_id: -1 }, /bos_token_id/],
  ])('%s', (_, config, message) => {
    expect(() => parseConfig(config)).toThrow(ModelFormatError);
    expect(() => parseConfig(config)).toThrow(message);
  });

  test('or reads whatever JSON it is given', () => {
    const keys = [
      ...Object.keys(base),
      'head_dim',
      'num_key_value_heads',
      'rope_scaling',
      'rope_parameters',
      'eos_token_id',
      '__proto__',
    ];
    const change = fc.tuple(fc.constantFrom(...keys), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        try {
          ropeInverseFrequencies(parseConfig({ ...base, ...Object.fromEntries(changes) }).rope, 16);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
