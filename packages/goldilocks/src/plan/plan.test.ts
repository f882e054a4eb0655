import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedback, planOf, smol, tiny } from '../../test/plan-facts.js';
import { UserError } from '../errors.js';
import { theSeven } from './hyperparameters.js';
import { paramsFromSettings, settingsFromParams } from './plan.js';
import type { SearchParameter } from './search-space.js';
import { judgeSimilarity } from './similarity.js';

const inRange = (parameter: SearchParameter) =>
  parameter.kind === 'categorical'
    ? parameter.choices.includes(parameter.recommended)
    : Number(parameter.recommended) >= parameter.low && Number(parameter.recommended) <= parameter.high;

const arbitraryValue = (parameter: SearchParameter) => {
  if (parameter.kind === 'categorical') return fc.constantFrom(...parameter.choices);
  if (parameter.kind === 'int') return fc.integer({ min: parameter.low, max: parameter.high });
  const { low, high, step } = parameter;
  if (step === undefined) return fc.double({ min: low, max: high, noNaN: true });
  return fc.integer({ min: 0, max: Math.round((high - low) / step) }).map((k) => low + k * step);
};

describe('makePlan', () => {
  it('gives the whole settings of trial 0', () => {
    expect(planOf().settings).toMatchInlineSnapshot(`
      {
        "adam": {
          "beta1": 0.9,
          "beta2": 0.999,
          "epsilon": 1e-8,
        },
        "batchSize": 16,
        "dropout": 0,
        "epochs": 3,
        "evaluationsPerEpoch": 2.5,
        "freezing": {
          "embeddings": true,
          "layers": 0,
          "layerwiseDecay": 1,
          "unfreeze": "none",
        },
        "learningRate": 0.002,
        "lora": {
          "alpha": 32,
          "rank": 16,
          "rankStabilized": false,
          "targets": [
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "gate_proj",
            "up_proj",
            "down_proj",
          ],
        },
        "lossOn": "completion",
        "maxGradientNorm": 1,
        "maxLength": 96,
        "method": "lora",
        "microBatchTokens": 512,
        "minImprovement": 0.001,
        "patience": 4,
        "schedule": {
          "floor": 0.1,
          "name": "cosine",
          "warmup": 0.05,
        },
        "seed": 0,
        "weightDecay": 0.01,
      }
    `);
  });

  it('searches the seven, each range holding the recommended value', () => {
    const plans = [planOf(), planOf({ model: tiny }), planOf({ data: { ...feedback, rows: 12, noiseShare: 0.3 } })];
    for (const { searchSpace } of plans) {
      const names = searchSpace.parameters.map((parameter) => parameter.name);
      expect(names).toEqual(expect.arrayContaining(theSeven));
      for (const parameter of searchSpace.parameters) expect(inRange(parameter), parameter.name).toBe(true);
    }
  });

  it('searches gradual unfreezing only in full fine-tuning, the rank only in LoRA', () => {
    const names = (method: 'full' | 'lora') => planOf({ method }).searchSpace.parameters.map(({ name }) => name);
    expect(names('full')).toContain('unfreeze');
    expect(names('full')).not.toContain('loraRank');
    expect(names('lora')).toContain('loraRank');
    expect(names('lora')).not.toContain('unfreeze');
  });

  it('leaves the lesser hyperparameters alone in a short search', () => {
    const fixed = planOf({ budget: { trials: 6 } }).searchSpace.parameters.filter((parameter) => parameter.fixed);
    expect(fixed.map(({ name }) => name)).toEqual(['warmup', 'loraRank']);
    expect(fixed[0]!.fixed!.because).toContain('6 trials');
  });

  it('does not search what the person set, even off the usual grid', () => {
    const plan = planOf({ userSettings: { dropout: 0.33, schedule: { name: 'polynomial' }, freezing: { layers: 7 } } });
    const fixed = plan.searchSpace.parameters.filter((parameter) => parameter.fixed?.by === 'user');
    expect(fixed.map(({ name }) => name)).toEqual(['dropout', 'schedule', 'frozenLayers']);
    for (const parameter of fixed) expect(inRange(parameter)).toBe(true);
    expect(plan.settings.freezing.layers).toBe(7);
    expect(settingsFromParams(plan, {}).freezing.layers).toBe(7);
  });

  it.each([
    [{ learningRate: 0 }, /learning rate is 0/],
    [{ dropout: 1 }, /dropout is 1/],
    [{ freezing: { layers: 31 } }, /0 to 30, the layers of this model/],
    [{ batchSize: 2.5 }, /batch size is 2.5/],
    [{ epochs: Number.NaN }, /epochs is NaN/],
  ])('refuses %j', (userSettings, message) => {
    expect(() => planOf({ userSettings })).toThrow(UserError);
    expect(() => planOf({ userSettings })).toThrow(message);
  });

  it('splits a budget in minutes whole, a fifth of it for confirmation', () => {
    const { stages } = planOf({ budget: { minutes: 40 }, secondsPerRun: 120 });
    expect(stages.reduce((sum, stage) => sum + stage.seconds!, 0)).toBeCloseTo(2400);
    expect(stages.find((stage) => stage.name === 'confirm')!.share).toBe(0.2);
    expect(stages.find((stage) => stage.name === 'final')!.seconds).toBeCloseTo(120);
  });

  it('warns of what a person should know', () => {
    const stranger = {
      bitsPerByte: 5,
      referenceBitsPerByte: 1,
      completionLoss: 9,
      vocabSize: 49152,
      completionTokens: 9,
    };
    const data = {
      ...feedback,
      rows: 30,
      validationRows: 6,
      tokensPerExample: { ...feedback.tokensPerExample, max: 9000 },
    };
    const { warnings } = planOf({ data, budget: { trials: 3 }, similarity: judgeSimilarity(stranger) });
    expect(warnings).toHaveLength(5);
    expect(planOf().warnings).toEqual([]);
  });

  it('warns that a rate recommended for AdamW is none for Lion or SGD, unless it is the person’s own', () => {
    const withLion = (learningRate?: number) =>
      planOf({ userSettings: { optimizer: { name: 'lion' }, ...(learningRate && { learningRate }) } }).warnings;
    expect(withLion()).toEqual([expect.stringContaining('three to ten times less')]);
    expect(withLion(1e-4)).toEqual([]);
    expect(planOf({ userSettings: { optimizer: { name: 'sgd' } } }).warnings).toHaveLength(1);
  });

  it('says before a run what Muon costs where whole layers train and batches are small', () => {
    const withMuon = (method: 'full' | 'lora', batchSize: number) =>
      planOf({ model: smol, method, userSettings: { batchSize, optimizer: { name: 'muon' } } }).warnings.join();
    expect(withMuon('full', 16)).toMatch(
      /as much as training on 2304 tokens, and a batch has \d+: a step takes \d+ times/,
    );
    expect(withMuon('full', 512)).not.toContain('Muon');
    expect(withMuon('lora', 16)).not.toContain('Muon');
  });
});

describe('settings and parameters', () => {
  it('go to and fro unchanged for any point of the space', () => {
    for (const model of [smol, tiny, { ...tiny, layers: 5 }]) {
      for (const method of ['full', 'lora'] as const) {
        const plan = planOf({ model, method });
        const record = Object.fromEntries(plan.searchSpace.parameters.map((p) => [p.name, arbitraryValue(p)]));
        fc.assert(
          fc.property(fc.record(record), (params) => {
            expect(paramsFromSettings(plan, settingsFromParams(plan, params))).toEqual(params);
          }),
          { numRuns: 50 },
        );
      }
    }
  });

  it('start with the recommended settings themselves', () => {
    const plan = planOf({ model: tiny });
    const recommended = Object.fromEntries(plan.searchSpace.parameters.map((p) => [p.name, p.recommended]));
    expect(paramsFromSettings(plan, plan.settings)).toEqual(recommended);
    expect(settingsFromParams(plan, recommended)).toEqual(plan.settings);
  });

  it('keep the number of evaluations over a run of another length', () => {
    const plan = planOf();
    const settings = settingsFromParams(plan, { epochs: 6 });
    expect(settings.epochs * settings.evaluationsPerEpoch).toBeCloseTo(7.5, 0);
  });
});
