import { describe, expect, test } from 'vitest';
import { expectClose, frozenTrials, type GoldenTrial, golden } from '../../../test/golden.js';
import { categorical, float, int } from '../../distributions/distribution.js';
import { hypervolume } from '../../multi-objective/hypervolume.js';
import { RandomGenerator } from '../../numerics/random.js';
import { solve } from '../../numerics/solve.js';
import { createStudy } from '../../study/create-study.js';
import type { Direction } from '../../trial/frozen-trial.js';
import { RandomSampler } from '../random.js';
import type { Sampler } from '../sampler.js';
import { blxAlphaCrossover, type Crossover, spxCrossover, undxCrossover, uniformCrossover } from './crossover.js';
import { polynomialMutation } from './mutation.js';
import { Nsga2Sampler } from './nsga2.js';
import { eliteByNiches, Nsga3Sampler } from './nsga3.js';
import { divisionsFor, evenDirections, nichesOf, normalizeLosses } from './reference-points.js';
import { sbxCrossover, vsbxCrossover } from './simulated-binary.js';

interface Golden {
  crossings: { name: string; options: object; parents: number[][]; drawn: number[]; child: number[] }[];
  mutations: { eta: number; x: number; drawn: number[]; mutated: number }[];
  selections: {
    trials: GoldenTrial[];
    objectives: number;
    divisions: number;
    size: number;
    points: number[][];
    normalized: number[][];
    closest: number[];
    distances: number[];
    elite: number[];
  }[];
}

const reference = golden<Golden>('genetic');
const CROSSOVERS: Record<string, (options: object) => Crossover> = {
  uniform: uniformCrossover,
  blx: blxAlphaCrossover,
  spx: spxCrossover,
  sbx: sbxCrossover,
  vsbx: vsbxCrossover,
};

function replay(drawn: readonly number[]): () => number {
  const rest = [...drawn];
  return () => rest.shift()!;
}

test.each(reference.crossings.map((one) => [one.name, one.parents[0]!.length, one.options, one] as const))(
  'crossover %s of %i numbers, %o, gives the child of Optuna 5',
  (name, _, options, { parents, drawn, child }) => {
    const crossover = CROSSOVERS[name]!(options);
    expect(crossover.parents).toBe(parents.length);
    const points = parents.map((point) => Float64Array.from(point));
    const ours = crossover.cross(points, replay(drawn));
    for (const [i, x] of child.entries()) expectClose(ours[i]!, x, 1e-9);
  },
);

test('polynomial mutation moves numbers as that of Optuna 5', () => {
  for (const { eta, x, drawn, mutated } of reference.mutations) {
    expect(polynomialMutation({ eta })(x, replay(drawn))).toBeCloseTo(mutated, 12);
  }
});

test('UNDX is normal along the line through two parents, and across it by the distance of the third', () => {
  const random = RandomGenerator.of(7, 'undx');
  const parents = [
    [0.2, 0.3, 0.5],
    [0.6, 0.3, 0.5],
    [0.3, 0.6, 0.9],
  ].map((point) => Float64Array.from(point));
  const children = Array.from({ length: 20_000 }, () => undxCrossover().cross(parents, () => random.uniform()));
  const moments = (i: number) => {
    const mean = children.reduce((sum, x) => sum + x[i]!, 0) / children.length;
    const variance = children.reduce((sum, x) => sum + (x[i]! - mean) ** 2, 0) / children.length;
    return [mean, Math.sqrt(variance)] as const;
  };
  // The line is the first axis, 0.4 long; the third parent is √(0.3² + 0.4²) = 0.5 away from it.
  const across = (0.35 / Math.sqrt(3)) * 0.5;
  for (const [i, middle, deviation] of [
    [0, 0.4, 0.5 * 0.4],
    [1, 0.3, across],
    [2, 0.5, across],
  ] as const) {
    expect(moments(i)[0]).toBeCloseTo(middle, 2);
    expect(moments(i)[1] / deviation).toBeCloseTo(1, 1);
  }
});

describe.each(reference.selections.map((one) => [one.objectives, one.trials.length, one] as const))(
  '%i objectives, %i trials: NSGA-III agrees with Optuna 5',
  (objectives, _, one) => {
    const trials = frozenTrials(one.trials);
    test('reference points', () => {
      const sorted = (points: number[][]) => points.map(String).sort();
      expect(sorted(evenDirections(objectives, one.divisions))).toEqual(sorted(one.points));
    });
    test('normalised losses', () => {
      for (const [row, point] of normalizeLosses(trials.map(({ values }) => values!)).entries()) {
        for (const [i, x] of point.entries()) expect(x).toBeCloseTo(one.normalized[row]![i]!, 10);
      }
    });
    test('nearest directions', () => {
      for (const [row, { direction, distance }] of nichesOf(one.normalized, one.points).entries()) {
        expect(distance).toBeCloseTo(one.distances[row]!, 10);
        expect(direction).toBe(one.closest[row]);
      }
    });
    test('the elite', () => {
      const directions = Array.from({ length: objectives }, (): Direction => 'minimize');
      const sorted = <T>(items: readonly T[]) => [...items].sort((a, b) => Number(a) - Number(b));
      const elite = eliteByNiches(trials, one.size, directions, one.points, sorted).map(({ number }) => number);
      expect(sorted(elite)).toEqual(sorted(one.elite));
      expect(elite).toHaveLength(one.size);
    });
  },
);

test('maximising the negative selects the same elite', () => {
  const [, one] = reference.selections;
  const trials = frozenTrials(one!.trials);
  const negated = trials.map((trial) => ({ ...trial, values: trial.values!.map((value) => -value) }));
  const directions = (direction: Direction) => Array.from({ length: one!.objectives }, () => direction);
  const elite = (of: typeof trials, direction: Direction) =>
    eliteByNiches(of, one!.size, directions(direction), one!.points, (items) => [...items]).map(({ number }) => number);
  expect(elite(negated, 'maximize')).toEqual(elite(trials, 'minimize'));
});

test('there are as many even directions as trials in a generation, or the next fewer', () => {
  expect(divisionsFor(3, 50)).toBe(8);
  expect(evenDirections(3, 8)).toHaveLength(45);
  expect(evenDirections(3, 9)).toHaveLength(55);
  expect(divisionsFor(10, 5)).toBe(1);
  expect(divisionsFor(1, 50)).toBe(1);
});

test('linear equations: a closed form, and none for a singular matrix', () => {
  const [x, y] = solve(
    [
      [0, 2],
      [3, 1],
    ],
    [4, 5],
  )!;
  expect([x, y]).toEqual([1, 2]);
  expect(
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 1],
    ),
  ).toBeNull();
});

/** DTLZ2 of three objectives: the front is an eighth of a sphere around the origin; made steeper. */
function dtlz2(x: Record<string, number>): number[] {
  const g = ['c', 'd', 'e', 'f'].reduce((sum, name) => sum + (x[name]! - 0.5) ** 2, 0);
  const [a, b] = [(x.a! * Math.PI) / 2, (x.b! * Math.PI) / 2];
  return [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)].map((value) => (1 + 8 * g) * value);
}

test('NSGA-III covers more of a front in three objectives than chance, whatever its crossover', async () => {
  const space = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, float(0, 1)]));
  const covered = async (sampler: Sampler) => {
    const study = await createStudy({ directions: ['minimize', 'minimize', 'minimize'], sampler });
    await study.optimize(({ params }) => dtlz2(params as Record<string, number>), { trials: 160, space });
    return hypervolume(
      (await study.trials()).map((trial) => trial.values!),
      [2, 2, 2],
    );
  };
  const chance = await covered(new RandomSampler({ seed: 1 }));
  const crossovers = [
    uniformCrossover(),
    blxAlphaCrossover(),
    spxCrossover(),
    undxCrossover(),
    sbxCrossover(),
    vsbxCrossover(),
  ];
  for (const crossover of crossovers) {
    const sampler = new Nsga3Sampler({ seed: 1, populationSize: 20, crossover, mutation: polynomialMutation() });
    expect(await covered(sampler), crossover.name).toBeGreaterThan(chance);
  }
}, 30_000);

test.each([
  ['NSGA-II', (seed: number) => new Nsga2Sampler({ seed, populationSize: 10 })],
  ['NSGA-III', (seed: number) => new Nsga3Sampler({ seed, populationSize: 10 })],
])('%s: after the first generations most trials are feasible', async (_, create) => {
  const study = await createStudy({ directions: ['minimize', 'minimize'], sampler: create(3) });
  const space = { x: float(0, 1), y: float(0, 1), n: int(1, 4), c: categorical(['a', 'b']) };
  for (let i = 0; i < 80; i++) {
    const trial = await study.ask(space);
    // A tenth of the space is feasible.
    await trial.setConstraint('small', trial.params.x - 0.1);
    await study.tell(trial, [trial.params.y, 1 - trial.params.y + trial.params.n]);
  }
  const late = (await study.trials()).slice(50);
  const feasible = late.filter(({ params }) => (params.x as number) <= 0.1);
  expect(feasible.length / late.length).toBeGreaterThan(0.5);
});

test('options out of range are refused', () => {
  expect(() => new Nsga2Sampler({ populationSize: 2, crossover: spxCrossover() })).toThrow(/integer ≥ 3, the parents/);
  expect(() => new Nsga2Sampler({ mutationProbability: 2 })).toThrow(/mutationProbability is 2; give 0 to 1/);
  expect(() => new Nsga3Sampler({ divisions: 0 })).toThrow(/divisions is 0/);
  expect(() => new Nsga3Sampler({ referencePoints: [[0, 0]] })).toThrow(/one is above 0/);
  expect(() => sbxCrossover({ eta: -1 })).toThrow(/sbxCrossover: eta is -1/);
  expect(() => spxCrossover({ parents: 1 })).toThrow(/integer ≥ 2/);
  expect(() => uniformCrossover({ swapping: 1.1 })).toThrow(/give 0 to 1/);
});

test('a reference point of another number of objectives is refused when it is needed', async () => {
  const sampler = new Nsga3Sampler({ seed: 1, populationSize: 2, referencePoints: [[1, 1, 1]] });
  const study = await createStudy({ directions: ['minimize', 'minimize'], sampler });
  const run = study.optimize(({ params }) => [params.x as number, -(params.x as number)], {
    trials: 6,
    space: { x: float(0, 1) },
  });
  await expect(run).rejects.toThrow(/has 3 numbers, but the study has 2 objectives/);
});
