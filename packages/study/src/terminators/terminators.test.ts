import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { categorical, float } from '../distributions/distribution.js';
import { InvalidOptionError } from '../errors.js';
import { GaussianProcess } from '../samplers/gp/gaussian-process.js';
import { GpSampler } from '../samplers/gp/gp-sampler.js';
import { standardize } from '../samplers/gp/observations.js';
import { RandomSampler } from '../samplers/random.js';
import { createStudy } from '../study/create-study.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { BudgetTerminator } from './budget.js';
import { EmmrTerminator, regretReduction } from './emmr.js';
import { bandWidth, regretBound } from './model.js';
import {
  CROSS_VALIDATION_KEY,
  crossValidationError,
  RegretBoundTerminator,
  reportCrossValidationScores,
} from './regret-bound.js';
import { StagnationTerminator } from './stagnation.js';
import { stopWhen } from './terminator.js';

interface Case {
  points: number[][];
  values: number[];
  reduction: number;
  bound: number;
  stagnation: number;
}
const reference = golden<{ weights: number[]; scale: number; noise: number; cases: Case[] }>('terminators');

function trialOf(number: number, value: number, more: Partial<FrozenTrial> = {}): FrozenTrial {
  return {
    id: number + 1,
    number,
    state: 'COMPLETE',
    values: [value],
    params: {},
    distributions: {},
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
    ...more,
  };
}

describe.each(reference.cases.map((one) => [one.values.length, one] as const))('after %i trials', (count, one) => {
  const points = one.points.map((point) => Float64Array.from(point));
  const values = standardize(Float64Array.from(one.values, (value) => -value));
  const process = (n: number) =>
    new GaussianProcess(
      {
        points: Float64Array.from(one.points.slice(0, n).flat()),
        values: values.slice(0, n),
        isCategorical: [false, false, true],
      },
      { inverseSquaredLengths: Float64Array.from(reference.weights), scale: reference.scale, noise: reference.noise },
    );
  test('the regret bound and its reduction agree with Optuna 5', () => {
    const earlier = points.slice(0, -1);
    const bound = regretBound(process(count - 1), earlier, bandWidth(3, count - 1, 0.1), null);
    expectClose(bound, one.bound, 1e-9, 'bound');
    const reduction = regretReduction(process(count - 1), process(count), points, values, bound);
    expectClose(reduction, one.reduction, 1e-9, 'reduction');
  });
  test('stagnation agrees with Optuna 5, in both directions', () => {
    const terminator = new StagnationTerminator({ trials: 7 });
    for (const [sign, direction] of [
      [1, 'minimize'],
      [-1, 'maximize'],
    ] as const) {
      const trials = one.values.map((value, number) => trialOf(number, sign * value));
      const { improvement, stop } = terminator.decide({ trials, direction });
      expect([improvement, stop]).toEqual([one.stagnation, one.stagnation < 0]);
    }
  });
});

const space = { x: float(0, 1), c: categorical(['a', 'b']) };

test.each([
  ['regret bound', () => new RegretBoundTerminator({ error: 0.05 })],
  ['EMMR', () => new EmmrTerminator({ warmupTrials: 5, initialTrials: 8, share: 0.2 })],
])(
  'a smooth objective that is searched well is stopped by %s, one of noise alone later or not at all',
  async (_, create) => {
    const trialsOf = async (objective: (x: number, i: number) => number) => {
      const study = await createStudy({ sampler: new GpSampler({ seed: 1 }) });
      const run = (trial: { params: object; number: number }) =>
        objective((trial.params as { x: number }).x, trial.number);
      await study.optimize(run, { trials: 34, space, callbacks: [stopWhen(create())] });
      return (await study.trials()).length;
    };
    const smooth = await trialsOf((x) => (x - 0.3) ** 2);
    expect(smooth).toBeLessThan(34);
    expect(smooth).toBeGreaterThanOrEqual(13);
    expect(await trialsOf((_, i) => Math.sin(i * i * 3.7))).toBeGreaterThan(smooth);
  },
);

test('the error of cross-validation is that of its folds', () => {
  const scores = [0.8, 0.9, 0.7, 0.8];
  const trials = [trialOf(0, 0.8, { systemAttributes: { [CROSS_VALIDATION_KEY]: scores } }), trialOf(1, 0.5)];
  expectClose(crossValidationError({ trials, direction: 'maximize' })!, Math.sqrt((1 / 4 + 1 / 3) * 0.005), 1e-12);
  expect(crossValidationError({ trials, direction: 'minimize' })).toBeNull();
});

test('a budget counts trials and minutes of the whole study', async () => {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  const callbacks = [stopWhen(new BudgetTerminator({ trials: 5 }))];
  await study.optimize(() => 1, { trials: 3, callbacks });
  await study.optimize(() => 1, { trials: 100, callbacks });
  expect(await study.trials()).toHaveLength(5);
  const minute = (from: number, to: number) => ({
    startedAt: new Date(from * 60_000),
    completedAt: new Date(to * 60_000),
  });
  const terminator = new BudgetTerminator({ minutes: 3 });
  const decide = (trials: FrozenTrial[]) => terminator.decide({ trials, direction: 'minimize' });
  expect(decide([trialOf(0, 1, minute(0, 1)), trialOf(1, 1, { ...minute(0, 1), state: 'FAIL' })]).stop).toBe(false);
  expect(decide([trialOf(0, 1, minute(0, 1)), trialOf(1, 1, minute(0, 2))])).toMatchObject({
    stop: true,
    improvement: 0,
  });
  expect(() => new BudgetTerminator({})).toThrow(InvalidOptionError);
});

test('nothing is decided before there is enough to decide by', () => {
  for (const terminator of [new RegretBoundTerminator(), new EmmrTerminator(), new StagnationTerminator()]) {
    expect(terminator.decide({ trials: [], direction: 'minimize' }).stop).toBe(false);
  }
  expect(() => new RegretBoundTerminator({ minTrials: 1 })).toThrow(/minTrials/);
});

test('a budget may count complete trials only, and is for several objectives, too', async () => {
  const study = await createStudy({ directions: ['minimize', 'maximize'], sampler: new RandomSampler({ seed: 1 }) });
  const callbacks = [stopWhen(new BudgetTerminator({ trials: 3, states: ['COMPLETE'] }))];
  await study.optimize(({ number }) => (number % 2 ? [1, 2] : [Number.NaN, 2]), { trials: 50, callbacks });
  expect((await study.trials()).map(({ state }) => state)).toEqual([
    ...['FAIL', 'COMPLETE', 'FAIL', 'COMPLETE', 'FAIL', 'COMPLETE'],
  ]);
  const unfit = [stopWhen(new BudgetTerminator({ trials: 99 }), new StagnationTerminator())];
  await expect(study.optimize(() => [1, 2], { trials: 3, callbacks: unfit })).rejects.toThrow(
    /StagnationTerminator judges one objective; study '.*' has 2/,
  );
});

test('scores of cross-validation are reported, where there are some', async () => {
  const study = await createStudy({ directions: ['maximize'] });
  const trial = await study.ask(space);
  await expect(reportCrossValidationScores(trial, [0.9])).rejects.toThrow(/Trial 0.*at least two/);
  await expect(reportCrossValidationScores(trial, [0.9, Number.NaN])).rejects.toThrow(/finite/);
  await reportCrossValidationScores(trial, [0.8, 1]);
  await study.tell(trial, 0.9);
  const error = crossValidationError({ trials: await study.trials(), direction: 'maximize' });
  expectClose(error!, Math.sqrt(1 / 2 + 1) * 0.1, 1e-12);
});
