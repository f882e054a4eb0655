import { describe, expect, it } from 'vitest';
import { smol, tiny } from '../../test/plan-facts.js';
import { epochsForExamples, findModel, learningRateForSize, listModels, recommend } from './recommend.js';
import { models, rateBySize } from './recommended.js';

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
  ])('knows %s', (name, parameters, row) => {
    expect(findModel({ name, parameters, layers: 0, hiddenSize: 0, vocabSize: 0 })?.name).toBe(row);
  });

  it('knows a renamed model by its shape', () => {
    expect(findModel({ ...smol, name: 'my-model' })?.name).toBe('SmolLM2-135M');
    const wide = { name: 'x', layers: 32, hiddenSize: 4096, vocabSize: 0 };
    expect(findModel({ ...wide, parameters: 8.03e9 })?.name).toBe('Llama-3.1-8B');
    expect(findModel({ ...wide, parameters: 6.7e9 })?.name).toBe('Llama-2-7B');
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
    expect(listModels()).toHaveLength(models.length);
  });

  it('takes LoRA’s rate several times the full rate everywhere', () => {
    for (const { name, learningRate } of models) {
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
