import type { Params, ReportTrial } from '@goldilocks/protocol';
import { reportSchema } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { exampleSettings } from '../../test/example-settings.js';
import { mulberry32 } from '../metrics/bootstrap.js';
import { describeHyperparameters } from './hyperparameters.js';
import { noiseLevel } from './noise.js';

const searched = {
  learningRate: { low: 1e-5, high: 1e-1 },
  dropout: { low: 0, high: 0.2 },
  schedule: { choices: ['cosine', 'linear', 'constant'] },
  loraRank: { choices: [4, 8, 16] },
};

function trial(number: number, params: Params, value: number | null): ReportTrial {
  const failed = value === null;
  const state = failed ? 'failed' : 'complete';
  const failure = failed ? 'diverged' : null;
  return {
    number,
    params,
    changed: [],
    rungs: [],
    value,
    validationLoss: value,
    seconds: 1,
    state,
    failure,
    reason: '',
  };
}

function study(): ReportTrial[] {
  const random = mulberry32(11);
  return Array.from({ length: 48 }, (_, number) => {
    const learningRate = number === 0 ? 1e-3 : 10 ** (-5 + 4 * random());
    const dropout = [0, 0.05, 0.1, 0.2][Math.floor(4 * random())]!;
    const schedule = ['cosine', 'linear', 'constant'][Math.floor(3 * random())]!;
    const params = { learningRate, dropout: number === 0 ? 0 : dropout, schedule, loraRank: 8 };
    const rate = Math.log10(learningRate) + 3;
    const value = 1 + 0.25 * rate ** 2 + (number === 0 ? 0 : 2 * dropout) + 0.01 * random();
    return trial(number, params, rate > 1.3 ? null : value);
  });
}

const describeStudy = (trials: ReportTrial[]) =>
  describeHyperparameters({
    settings: { ...exampleSettings, learningRate: 1e-3, dropout: 0 },
    recommended: { ...exampleSettings, learningRate: 1e-3 },
    layers: 6,
    searched,
    trials,
    incumbent: 0,
    objective: { title: 'validation loss', direction: 'minimize' },
    noise: 0.05,
    importance: { learningRate: 0.8, dropout: 0.15, schedule: 0.05 },
  });

describe('the seven', () => {
  const [learningRate, batchSize, , dropout, , schedule] = describeStudy(study());

  test('fit the published schema', () => {
    expect(reportSchema.shape.hyperparameters.safeParse(describeStudy(study())).error).toBeUndefined();
  });

  test('say what was just right, with both sides and their trials', () => {
    expect(learningRate).toMatchObject({ verdict: 'just-right', confidence: 'high', importance: 0.8 });
    expect(learningRate!.evidence.tooLittle!.sentence).toMatch(
      /^Below [\d.e-]+ validation loss rose by [\d.]+ \(trials? [\d, and]+(more)?\); this shows too little\.$/,
    );
    expect(learningRate!.evidence.tooMuch!.sentence).toMatch(/^Above [\d.e-]+ .*diverged/);
  });

  test('need no evidence below what is least possible', () => {
    expect(dropout).toMatchObject({ verdict: 'just-right', evidence: { tooLittle: null } });
    expect(dropout!.evidence.tooMuch!.sentence).toMatch(/^Above 0/);
  });

  test('say «no effect seen» of what made no difference', () => {
    expect(schedule!.verdict).toBe('no-effect-seen');
    expect(schedule!.sentence).toMatch(
      /^Makes no difference here: with linear, constant and cosine, validation loss ends within 0\.050/,
    );
  });

  test('say «not tested» of what was held fixed', () => {
    expect(batchSize).toMatchObject({ verdict: 'not-tested', zone: null, importance: null, confidence: 'none' });
    expect(batchSize!.sentence).toBe('Not tested: every trial used 16.');
  });
});

test('two trials leave what they varied uncertain', () => {
  const [learningRate] = describeStudy(study().slice(0, 2));
  expect(learningRate).toMatchObject({ verdict: 'uncertain', confidence: 'low', zone: null });
});

test('noise is the larger of seeds and examples', () => {
  expect(noiseLevel({ seedDeviation: 0.01, pairedErrors: [], best: 1 })).toBeCloseTo(1.645 * Math.SQRT2 * 0.01, 10);
  expect(noiseLevel({ seedDeviation: 0.01, pairedErrors: [0.5, 0.02, 0.03], best: 1 })).toBeCloseTo(1.645 * 0.03, 10);
  expect(noiseLevel({ seedDeviation: null, pairedErrors: [], best: 2 })).toBeCloseTo(1.645 * Math.SQRT2 * 0.02 * 2, 10);
});
