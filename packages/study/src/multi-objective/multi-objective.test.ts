import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { float } from '../distributions/distribution.js';
import { eliteByCrowding, Nsga2Sampler } from '../samplers/genetic/nsga2.js';
import { RandomSampler } from '../samplers/random.js';
import type { Sampler } from '../samplers/sampler.js';
import { goodCount } from '../samplers/tpe/kernels.js';
import { Observations } from '../samplers/tpe/observations.js';
import { TpeSampler } from '../samplers/tpe/tpe-sampler.js';
import { createStudy } from '../study/create-study.js';
import type { Attributes, Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { greedySubset, hypervolume } from './hypervolume.js';
import { frontRanks, lossesOf } from './ranks.js';

interface Case {
  directions: Direction[];
  trials: { values: number[]; system: Attributes }[];
  ranks: number[];
  losses: number[][];
  reference: number[];
  hypervolume: number;
  subset: number[];
  good: number[];
  elite: number[];
}

function trialsOf({ trials }: Case): FrozenTrial[] {
  return trials.map(({ values, system }, number) => ({
    id: number + 1,
    number,
    state: 'COMPLETE',
    values,
    params: {},
    distributions: {},
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: system,
    startedAt: null,
    completedAt: null,
  }));
}

const ascending = (a: number, b: number) => a - b;

describe.each(golden<Case[]>('multi-objective').map((one) => [one.trials.length, one.directions.length, one] as const))(
  '%i trials of %i objectives agree with Optuna 5',
  (count, objectives, one) => {
    const trials = trialsOf(one);
    test('fronts', () => {
      const losses = trials.map((trial) => lossesOf(trial, one.directions));
      expect([...frontRanks(losses)]).toEqual(one.ranks);
    });
    test('hypervolume, and the subset that keeps most of it', () => {
      expectClose(hypervolume(one.losses, one.reference), one.hypervolume, 1e-11);
      expect(greedySubset(one.losses, 6, one.reference).sort(ascending)).toEqual(one.subset);
    });
    test('good trials of TPE', () => {
      const observations = new Observations(one.directions);
      observations.update(trials);
      const marks = observations.markBest(goodCount(count, objectives));
      expect([...marks.keys()].filter((row) => marks[row])).toEqual(one.good);
    });
    test('the elite of NSGA-II', () => {
      const elite = eliteByCrowding(trials, 10, one.directions).map(({ number }) => number);
      expect(elite.sort(ascending)).toEqual(one.elite);
    });
  },
);

test('points outside the reference point add nothing, equal ones count once', () => {
  expect(hypervolume([[2, 0]], [1, 1])).toBe(0);
  expect(
    hypervolume(
      [
        [0, 0],
        [0, 0],
      ],
      [2, 3],
    ),
  ).toBe(6);
  expect(hypervolume([], [1, 1])).toBe(0);
});

test('TPE and NSGA-II cover more of a front than chance', async () => {
  const space = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, float(0, 1)]));
  // ZDT1 in four dimensions.
  const values = ({ a, b, c, d }: Record<string, number>): [number, number] => {
    const g = 1 + 3 * (b! + c! + d!);
    return [a!, g * (1 - Math.sqrt(a! / g))];
  };
  const covered = async (sampler: Sampler, trials: number) => {
    const study = await createStudy({ directions: ['minimize', 'minimize'], sampler });
    await study.optimize(({ params }) => values(params as Record<string, number>), { trials, space });
    return hypervolume(
      (await study.trials()).map((trial) => trial.values!),
      [1.1, 8],
    );
  };
  const chance = await covered(new RandomSampler({ seed: 1 }), 200);
  expect(await covered(new TpeSampler({ seed: 1 }), 80)).toBeGreaterThan(chance);
  expect(await covered(new Nsga2Sampler({ seed: 1, populationSize: 20 }), 200)).toBeGreaterThan(chance);
});

test('a generation begins when the one before is complete; failures do not count', async () => {
  const study = await createStudy({
    directions: ['minimize', 'maximize'],
    sampler: new Nsga2Sampler({ populationSize: 3 }),
  });
  const generations: unknown[] = [];
  for (let i = 0; i < 8; i++) {
    const trial = await study.ask({ x: float(0, 1) });
    generations.push(trial.systemAttributes['NSGAIISampler:generation']);
    await study.tell(trial, i === 1 ? [Number.NaN, 0] : [trial.params.x, i]);
  }
  expect(generations).toEqual([0, 0, 0, 0, 1, 1, 1, 2]);
});
