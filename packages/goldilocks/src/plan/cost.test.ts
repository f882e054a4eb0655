import { describe, expect, it } from 'vitest';
import { planOf, smol } from '../../test/plan-facts.js';
import { fitsMemory, type PilotMeasurement, predictRun, predictSearch, workPerToken } from './cost.js';

const { settings } = planOf({ method: 'full' });
const whole = { ...settings, freezing: { layers: 0, embeddings: false } };
const topQuarter = { ...settings, freezing: { layers: 23, embeddings: true } };
const pilot: PilotMeasurement = {
  secondsPerTrainingToken: 0.01,
  secondsPerEvaluationToken: 0.003,
  startSeconds: 5,
  settings: whole,
};
const data = { trainingTokens: 10_000, validationTokens: 2000 };

describe('workPerToken', () => {
  it('counts 3 passes for every weight of full fine-tuning, 2 for LoRA', () => {
    expect(workPerToken(smol, whole)).toBeCloseTo(3 * smol.parameters, -3);
    const lora = { ...whole, method: 'lora' as const, freezing: { layers: 0, embeddings: true } };
    expect(workPerToken(smol, lora)).toBeCloseTo(2 * smol.parameters, -3);
  });

  it('leaves frozen layers out after the first epoch', () => {
    const vocabulary = smol.vocabSize * smol.hiddenSize;
    const layer = (smol.parameters - vocabulary) / smol.layers;
    expect(workPerToken(smol, topQuarter, 0.1)).toBeCloseTo(7 * layer * 3 + vocabulary * 0.1 * 2, -3);
    expect(workPerToken(smol, topQuarter, 0.1, true) - workPerToken(smol, topQuarter, 0.1)).toBeCloseTo(23 * layer, -3);
  });
});

describe('predictRun', () => {
  it('repeats the pilot for the pilot’s own settings, epochs counting linearly', () => {
    const one = predictRun(pilot, smol, data, { ...whole, epochs: 1, evaluationsPerEpoch: 2 });
    expect(one).toMatchObject({ startSeconds: 5, trainingSeconds: 100, evaluationSeconds: 12 });
    expect(one.seconds).toBeCloseTo(117);
    const three = predictRun(pilot, smol, data, { ...whole, epochs: 3, evaluationsPerEpoch: 2 });
    expect(three.trainingSeconds).toBeCloseTo(300);
    const third = predictRun(pilot, smol, data, { ...whole, epochs: 3, evaluationsPerEpoch: 2 }, 1 / 3);
    expect(third.seconds).toBeCloseTo(one.seconds);
  });

  it('makes frozen layers cheaper', () => {
    const frozen = predictRun(pilot, smol, data, { ...topQuarter, epochs: 3 }).trainingSeconds;
    expect(frozen).toBeLessThan(0.55 * predictRun(pilot, smol, data, { ...whole, epochs: 3 }).trainingSeconds);
  });
});

describe('predictSearch', () => {
  it('counts trial 0 whole and the rest at the mean share', () => {
    const run = (_: unknown, share: number) => ({
      seconds: 100 * share,
      trainingSeconds: 0,
      evaluationSeconds: 0,
      startSeconds: 0,
    });
    const cost = predictSearch(run, whole, 1000, [whole], 0.5);
    expect(cost).toEqual({ secondsPerRun: 100, secondsPerTrial: 50, trials: 19, seconds: 1000 });
    expect(predictSearch(run, whole, 10).trials).toBe(1);
  });
});

describe('fitsMemory', () => {
  it('says the numbers, and the remedies that are left', () => {
    expect(fitsMemory(3e9, 8e9, whole, 30)).toMatchObject({ fits: true, remedies: [] });
    const verdict = fitsMemory(7.5e9, 8e9, { ...whole, microBatchTokens: 2048 }, 30);
    expect(verdict.fits).toBe(false);
    expect(verdict.reason).toBe('Training would take about 7.5 GB of 8.0 GB available, which is too much.');
    expect(verdict.remedies[0]).toContain('micro-batch');
    expect(verdict.remedies.join()).toContain('--method lora');
    const last = fitsMemory(
      7.5e9,
      8e9,
      { ...topQuarter, method: 'lora', freezing: { layers: 29, embeddings: true } },
      30,
    );
    expect(last.remedies.join()).not.toContain('LoRA instead');
    expect(last.remedies.join()).not.toContain('frozen');
    expect(last.remedies.at(-1)).toContain('smaller base model');
  });
});
