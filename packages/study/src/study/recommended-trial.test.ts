import { expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { NoTrialError, TrialNotFoundError } from '../errors.js';
import { RandomGenerator } from '../numerics/random.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { bestOf } from './best-trials.js';
import { recommendedTrial } from './recommended-trial.js';

const space = {
  rate: float(1e-5, 1e-2, { log: true }),
  dropout: float(0, 0.5),
  schedule: categorical(['cosine', 'linear']),
};

function trialOf(number: number, params: Params, value: number, more: Partial<FrozenTrial> = {}): FrozenTrial {
  return {
    id: number + 1,
    number,
    state: 'COMPLETE',
    values: [value],
    params,
    distributions: space,
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
    ...more,
  };
}

const truth = ({ rate, dropout, schedule }: Params) =>
  2 +
  0.3 * (Math.log10(rate as number) + 3.5) ** 2 +
  ((dropout as number) - 0.1) ** 2 +
  (schedule === 'cosine' ? 0 : 0.02);
const DEFAULT = { rate: 1e-4, dropout: 0.1, schedule: 'cosine' };

function noise(random: RandomGenerator): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** Sixteen trials at random after the default. */
function study(seed: number, deviation: number, objective = truth): FrozenTrial[] {
  const random = RandomGenerator.of(seed);
  return Array.from({ length: 17 }, (_, number) => {
    const drawn = {
      rate: 10 ** (-5 + 3 * random.uniform()),
      dropout: random.uniform() / 2,
      schedule: random.uniform() < 0.5 ? 'cosine' : 'linear',
    };
    const params = number === 0 ? DEFAULT : drawn;
    return trialOf(number, params, objective(params) + deviation * noise(random));
  });
}

test.each([0.05, 0.3])(
  'over studies with noise %d the model is hardly ever worse than the default, and no worse than luck',
  (deviation) => {
    let [ours, lucky, worse] = [0, 0, 0];
    const seeds = 40;
    for (let seed = 0; seed < seeds; seed++) {
      const trials = study(seed, deviation);
      const chosen = truth(recommendedTrial(trials, { reference: 0 }).trial.params);
      ours += truth(recommendedTrial(trials).trial.params) / seeds;
      lucky += truth(bestOf(trials, 'minimize')!.params) / seeds;
      worse += chosen > truth(DEFAULT) + 0.03 ? 1 : 0;
    }
    expect(ours).toBeLessThan(lucky + 0.02);
    expect(worse).toBeLessThanOrEqual(seeds * 0.05);
  },
);

test('where nothing but noise is to be seen, the default is kept, and it says so', () => {
  const kept = Array.from({ length: 20 }, (_, seed) =>
    recommendedTrial(
      study(seed, 0.1, () => 2),
      { reference: 0 },
    ),
  );
  expect(kept.filter(({ trial }) => trial.number === 0).length).toBeGreaterThanOrEqual(18);
  expect(kept[0]!.why).toMatch(/default/);
});

test('what is clearly better is chosen, in both directions, whatever has diverged', () => {
  const trials = study(3, 0.001);
  const best = bestOf(trials, 'minimize')!;
  const diverged = trialOf(17, { ...DEFAULT, rate: 9e-3 }, 1e6);
  const infinite = trialOf(18, { ...DEFAULT, rate: 9.5e-3 }, Number.POSITIVE_INFINITY);
  const all = [...trials, diverged, infinite];
  expect(recommendedTrial(all).trial.number).toBe(best.number);
  const worst = bestOf(trials, 'maximize')!.number;
  const result = recommendedTrial(all, { reference: worst });
  expect(result).toMatchObject({ trial: best, why: expect.stringMatching(/better than the default/) });
  expect(result.probabilityBetter).toBeGreaterThan(0.95);
  const turned = trials.map((trial) => ({ ...trial, values: [-trial.values![0]!] }));
  const upward = recommendedTrial(turned, { direction: 'maximize' });
  expect(upward.trial.number).toBe(best.number);
  expect(Math.abs(upward.mean - -truth(best.params))).toBeLessThan(0.02);
  expect(upward.ranking).toHaveLength(17);
});

test('infeasible trials are not chosen; without trials or reference it says what is missing', () => {
  const trials = study(3, 0.001);
  const best = bestOf(trials, 'minimize')!;
  const limited = trials.map((t) =>
    t.number === best.number ? { ...t, systemAttributes: { 'constraints:memory': 1 } } : t,
  );
  expect(recommendedTrial(limited).trial.number).not.toBe(best.number);
  expect(() => recommendedTrial([])).toThrow(NoTrialError);
  expect(() => recommendedTrial(trials, { confidence: 1 })).toThrow(/confidence/);
  expect(() => recommendedTrial(trials, { reference: 99 })).toThrow(TrialNotFoundError);
  const bare = [trialOf(0, {}, 3, { distributions: {} }), trialOf(1, {}, 2, { distributions: {} })];
  expect(recommendedTrial(bare)).toMatchObject({
    trial: { number: 1 },
    why: expect.stringContaining('share no parameter'),
  });
});
