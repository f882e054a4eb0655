import { describe, expect, it } from 'vitest';
import { smol, tiny } from '../../test/plan-facts.js';
import { epochsForExamples, findModel, learningRateForSize, listModels, recommend } from './recommend.js';
import { encoders, models, rateBySize } from './recommended.js';

describe('findModel', () => {
  it.each([
    ['HuggingFaceTB/SmolLM2-135M-Instruct', 134.5e6, 'SmolLM2-135M'],
    ['smollm2_360m', 361e6, 'SmolLM2-360M'],
    ['HuggingFaceTB/SmolLM-135M', 134.5e6, 'SmolLM-135M'],
    ['TinyLlama/TinyLlama-1.1B-Chat-v1.0', 1.1e9, 'TinyLlama-1.1B'],
    ['meta-llama/Llama-3.2-1B-Instruct', 1.236e9, 'Llama-3.2-1B'],
    ['meta-llama/Llama-3.2-3B', 3.21e9, 'Llama-3.2-3B'],
    ['meta-llama/Meta-Llama-3.1-8B', 8.03e9, 'Llama-3.1-8B'],
    ['meta-llama/Llama-2-7b-hf', 6.74e9, 'Llama-2-7B'],
    ['models/goldilocks-base', 3.22e6, 'goldilocks-base'],
    ['Qwen/Qwen2.5-0.5B-Instruct', 494e6, 'Qwen2.5-0.5B'],
    ['Qwen/Qwen3-4B', 4.02e9, 'Qwen3-4B'],
    ['google/gemma-2-2b-it', 2.61e9, 'Gemma-2-2B'],
    ['microsoft/Phi-3.5-mini-instruct', 3.82e9, 'Phi-3-mini'],
    ['mistralai/Mistral-7B-v0.3', 7.25e9, 'Mistral-7B'],
  ])('knows %s', (name, parameters, row) => {
    expect(findModel({ name, parameters, layers: 0, hiddenSize: 0, vocabSize: 0 })?.name).toBe(row);
  });

  it('knows a renamed model by its shape', () => {
    expect(findModel({ ...smol, name: 'my-model' })?.name).toBe('SmolLM2-135M');
    const wide = { name: 'x', layers: 32, hiddenSize: 4096, vocabSize: 0 };
    expect(findModel({ ...wide, parameters: 8.03e9 })?.name).toBe('Llama-3.1-8B');
    expect(findModel({ ...wide, parameters: 6.7e9 })?.name).toBe('Llama-2-7B');
  });

  it('keeps encoders and models that write apart, whatever their shape', () => {
    const base = { name: 'x', layers: 12, hiddenSize: 768, parameters: 110e6, vocabSize: 0 };
    expect(findModel(base)).toBeUndefined();
    expect(findModel({ ...base, isEncoder: true })?.name).toBe('BERT-base');
    expect(findModel({ ...base, name: 'google-bert/bert-base-uncased', isEncoder: true })?.name).toBe('BERT-base');
    const unknown = recommend({ ...base, parameters: 4e6, isEncoder: true });
    expect(unknown).toMatchObject({ method: { value: 'full' }, learningRate: { value: 3e-4, evidence: 'prior' } });
  });

  it('does not trust a name whose size disagrees', () => {
    expect(findModel({ ...tiny, name: 'distilled-from-llama-2-7b', layers: 4 })).toBeUndefined();
  });
});

describe('epochsForExamples', () => {
  // Reference: the cookbook's rule, computed by hand.
  it.each([
    [1, 25],
    [4, 25],
    [10, 10],
    [33, 3],
    [34, 3],
    [8333, 3],
    [8334, 2],
    [20_000, 1],
    [1_000_000, 1],
  ])('%i examples → %i epochs', (examples, epochs) => expect(epochsForExamples(examples)).toBe(epochs));

  it('keeps to a model’s own target in the same way', () => {
    expect([10, 20, 500, 4166, 5000].map((examples) => epochsForExamples(examples, 6))).toEqual([10, 6, 6, 6, 5]);
  });
});

describe('learningRateForSize', () => {
  it('meets the points of the table and lies between them', () => {
    for (const method of ['full', 'lora'] as const) {
      for (const [size, rate] of rateBySize[method]) expect(learningRateForSize(size, method)).toBeCloseTo(rate, 10);
    }
    // Halfway between 135M and 360M on a logarithmic axis: the geometric mean.
    expect(learningRateForSize(Math.sqrt(135e6 * 360e6), 'lora')).toBeCloseTo(Math.sqrt(2e-3 * 1e-3), 4);
    expect(learningRateForSize(1e3, 'full')).toBe(2e-3);
    expect(learningRateForSize(1e12, 'full')).toBe(2e-6);
  });
});

describe('recommend', () => {
  it('gives every value a source', () => {
    for (const { full, lora } of listModels()) {
      for (const row of [full, lora]) {
        for (const value of Object.values(row)) {
          if (typeof value === 'object') expect(value.source.length).toBeGreaterThan(5);
        }
      }
    }
    expect(listModels()).toHaveLength(models.length + encoders.length);
  });

  it('takes LoRA’s rate several times the full rate everywhere', () => {
    for (const { name, learningRate } of [...models, ...encoders]) {
      const ratio = learningRate.lora.value / learningRate.full.value;
      expect(ratio, name).toBeGreaterThanOrEqual(2);
      expect(ratio, name).toBeLessThanOrEqual(60);
    }
  });

  it('trains a tiny model whole and a large one by LoRA, unless told otherwise', () => {
    expect(recommend(tiny).method.value).toBe('full');
    expect(recommend(smol).method.value).toBe('lora');
    expect(recommend(smol, 'full').method.value).toBe('full');
    const unknown = { ...tiny, name: 'unknown', layers: 5, parameters: 20e6 };
    expect(recommend(unknown).method.value).toBe('full');
    expect(recommend(unknown).learningRate.evidence).toBe('prior');
    expect(recommend(unknown).knownAs).toBeUndefined();
  });
});
