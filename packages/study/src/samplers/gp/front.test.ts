import { describe, expect, test } from 'vitest';
import { expectClose, frozenTrials, golden } from '../../../test/golden.js';
import { categorical, float, int } from '../../distributions/distribution.js';
import { undominatedBoxes } from '../../multi-objective/boxes.js';
import { hypervolume } from '../../multi-objective/hypervolume.js';
import { RandomGenerator } from '../../numerics/random.js';
import { createStudy } from '../../study/create-study.js';
import { RandomSampler } from '../random.js';
import type { Sampler } from '../sampler.js';
import { TpeSampler } from '../tpe/tpe-sampler.js';
import { modelFront, observeFront } from './front.js';
import { GaussianProcess } from './gaussian-process.js';
import { GpSampler } from './gp-sampler.js';
import { logExpectedHypervolumeImprovement } from './hypervolume-improvement.js';
import { UnitSpace } from './unit-space.js';

interface Case {
  points: number[];
  values: number[][];
  is_categorical: boolean[];
  weights: number[][];
  noise: number[];
  reference: number[];
  results: { x: number[]; value: number; gradient: number[] }[];
}

const cases = golden<Case[]>('hypervolume-improvement').map((one) => [one.values.length, one] as const);

describe.each(cases)('%i objectives', (_, one) => {
  const isCategorical = one.is_categorical;
  const processes = one.values.map(
    (values, i) =>
      new GaussianProcess(
        { points: Float64Array.from(one.points), values: Float64Array.from(values), isCategorical },
        { inverseSquaredLengths: Float64Array.from(one.weights[i]!), scale: 1, noise: one.noise[i]! },
      ),
  );
  const front = one.values[0]!.map((_value, row) => one.values.map((values) => values[row]!));
  const acquisition = logExpectedHypervolumeImprovement(processes, front, one.reference);

  // Where hardly a sample improves, Optuna's value is the floor it puts under each of them.
  const sampled = one.results.filter(({ value }) => value > -9);

  test('the exact improvement is what that of Optuna 5 converges to', () => {
    expect(sampled.length).toBeGreaterThanOrEqual(3);
    for (const { x, value } of sampled) {
      // The samples' error is relative to the improvement, so absolute in its logarithm.
      expect(Math.abs(acquisition.value(Float64Array.from(x)) - value), `at ${x}`).toBeLessThan(0.03);
    }
  });
  test('so is its gradient, which differences confirm everywhere', () => {
    for (const result of one.results) {
      const point = Float64Array.from(result.x);
      const ours = new Float64Array(point.length);
      expectClose(acquisition.addGradient(point, ours), acquisition.value(point), 1e-12);
      for (const [j, slope] of ours.entries()) {
        if (isCategorical[j]) continue;
        const at = (step: number) => acquisition.value(point.with(j, point[j]! + step));
        expect(Math.abs(slope - (at(1e-6) - at(-1e-6)) / 2e-6)).toBeLessThan(1e-3 * (1 + Math.abs(slope)));
        if (!sampled.includes(result)) continue;
        expect(Math.abs(slope - result.gradient[j]!)).toBeLessThan(0.03 * (1 + Math.abs(slope)));
      }
    }
  });
});

test('far from everything known to be good the improvement is small but not flat', () => {
  const process = (value: number) =>
    new GaussianProcess(
      { points: Float64Array.of(0, 1), values: Float64Array.of(-20, value), isCategorical: [false] },
      { inverseSquaredLengths: Float64Array.of(1), scale: 0.01, noise: 1e-4 },
    );
  const acquisition = logExpectedHypervolumeImprovement([process(1), process(1)], [[1, 1]], [-1, -1]);
  const gradient = new Float64Array(1);
  expect(acquisition.addGradient(Float64Array.of(0.01), gradient)).toBeLessThan(-500);
  expect(gradient[0]).toBeGreaterThan(1);
});

describe('boxes of the undominated space', () => {
  const volume = (low: readonly number[], high: readonly number[]) =>
    low.reduce((product, x, i) => product * Math.max(0, high[i]! - Math.max(x, -1)), 1);
  test.each([
    [2, 12],
    [3, 15],
    [4, 9],
  ])('in %i objectives fill, without overlap, what the points leave', (objectives, count) => {
    const random = RandomGenerator.of(objectives, 'boxes');
    const points = Array.from({ length: count }, () => {
      const x = Array.from({ length: objectives }, () => random.uniform());
      const length = Math.hypot(...x);
      return x.map((value) => Math.round((5 * value) / length) / 5);
    });
    const reference = points[0]!.map(() => 1.1);
    const boxes = undominatedBoxes(points, reference);
    const filled = boxes.reduce((sum, { low, high }) => sum + volume(low, high), 0);
    expectClose(filled, 2.1 ** objectives - hypervolume(points, reference), 1e-12);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const shared = a.low.map((x, k) => Math.max(x, b.low[k]!));
        const end = a.high.map((x, k) => Math.min(x, b.high[k]!));
        expect(shared.some((x, k) => x >= end[k]!)).toBe(true);
      }
    }
  });
  test('are few: n + 1 in two objectives, about 2n in three', () => {
    const circle = Array.from({ length: 50 }, (_, i) => [Math.cos(i / 32), Math.sin(i / 32)]);
    expect(undominatedBoxes(circle, [2, 2])).toHaveLength(51);
    const random = RandomGenerator.of(1, 'sphere');
    const sphere = Array.from({ length: 50 }, () => {
      const x = [random.uniform(), random.uniform(), random.uniform()];
      return x.map((value) => value / Math.hypot(...x));
    });
    expect(undominatedBoxes(sphere, [2, 2, 2]).length).toBeLessThanOrEqual(101);
    expect(undominatedBoxes([], [1, 1])).toEqual([{ low: [-Infinity, -Infinity], high: [1, 1] }]);
  });
});

const space = { x: float(0, 1), y: float(0, 1), n: int(1, 3), c: categorical(['a', 'b']) };
type Params = { x: number; y: number; n: number; c: string };
/** The front is the line from (0, 1) to (1, 0), where y is 0.3, n is 2 and c is 'b'. */
const values = ({ x, y, n, c }: Params): [number, number] => {
  const excess = 4 * (y - 0.3) ** 2 + 0.5 * Math.abs(n - 2) + (c === 'a' ? 0.5 : 0);
  return [x + excess, 1 - x + excess];
};

test('with few trials it covers more of a front than TPE and chance', async () => {
  const covered = async (sampler: Sampler) => {
    const study = await createStudy({ directions: ['minimize', 'minimize'], sampler });
    await study.optimize(({ params }) => values(params as unknown as Params), { trials: 25, space });
    return hypervolume(
      (await study.trials()).map((trial) => trial.values!),
      [2, 2],
    );
  };
  const gp = await covered(new GpSampler({ seed: 1 }));
  expect(gp).toBeGreaterThan(await covered(new TpeSampler({ seed: 1 })));
  expect(gp).toBeGreaterThan(await covered(new RandomSampler({ seed: 1 })));
  expect(gp).toBeGreaterThan(3.2);
}, 60_000);

test('constraints are learnt, in several objectives too, before any trial is feasible', async () => {
  const study = await createStudy({ directions: ['minimize', 'maximize'], sampler: new GpSampler({ seed: 2 }) });
  for (let i = 0; i < 24; i++) {
    const trial = await study.ask(space);
    const { params } = trial;
    // A fiftieth of the space is feasible, far from the front.
    await trial.setConstraint('region', Math.max(0.8 - params.x, 0.9 - params.y));
    const [a, b] = values(params);
    await study.tell(trial, [a, -b]);
  }
  const late = (await study.trials()).slice(12);
  const feasible = late.filter(({ systemAttributes }) => (systemAttributes['constraints:region'] as number) <= 0);
  // Many others lie a hair beyond the border, where the front is best.
  expect(feasible.length).toBeGreaterThanOrEqual(3);
});

test('trials asked for at once differ, and running ones lower the promise around them', async () => {
  const study = await createStudy({ directions: ['minimize', 'minimize'], sampler: new GpSampler({ seed: 3 }) });
  await study.optimize(({ params }) => values(params as unknown as Params), { trials: 8, space });
  const asked = await Promise.all(Array.from({ length: 4 }, () => study.ask(space)));
  expect(new Set(asked.map(({ params }) => JSON.stringify(params))).size).toBe(4);
  const unit = new UnitSpace(space);
  const observations = observeFront(await study.trials(), unit, study.directions);
  const inputs = {
    points: Float64Array.from(observations.points.flatMap((point) => Array.from(point))),
    isCategorical: unit.dimensions.map(({ isCategorical }) => isCategorical),
  };
  const point = unit.encode(asked[0]!.params)!;
  const alone = modelFront(observations, inputs, []).acquisition.value(point);
  expect(modelFront(observations, inputs, [point]).acquisition.value(point)).toBeLessThan(alone - 1);
});

test('infinite values count as the worst and best finite ones; of many trials the fronts and the newest are kept', () => {
  const unit = new UnitSpace({ x: float(0, 1) });
  const trials = frozenTrials(
    Array.from({ length: 260 }, (_, i) => ({
      values: i === 3 ? [Infinity, -Infinity] : [i, 260 - i + (i % 7)],
      params: { x: i / 260 },
    })),
  );
  const { values: observed, trials: kept } = observeFront(trials, unit, ['minimize', 'minimize']);
  expect(kept).toHaveLength(200);
  expect(kept.at(-1)!.number).toBe(259);
  expect(observed.every((one) => one.every(Number.isFinite))).toBe(true);
});
