import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../distributions/distribution.js';
import { InvalidDistributionError, InvalidOptionError } from '../../errors.js';
import { RandomGenerator } from '../../numerics/random.js';
import { createStudy } from '../../study/create-study.js';
import type { Study } from '../../study/study.js';
import { PriorSampler } from '../prior.js';
import { TpeSampler } from '../tpe/tpe-sampler.js';
import { GpSampler } from './gp-sampler.js';
import { maximize } from './maximize.js';
import { UnitSpace } from './unit-space.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true }),
  decay: float(0, 0.3),
  epochs: int(1, 5),
  width: int(8, 512, { step: 8 }),
  schedule: categorical(['constant', 'cosine', null]),
};
type Settings = { rate: number; decay: number; epochs: number; width: number; schedule: string | null };

/** Best, at 0, for rate 1e-3, decay 0.1, three epochs, width 64 and cosine. */
function loss({ rate, decay, epochs, width, schedule }: Settings): number {
  const numbers = (Math.log10(rate) + 3) ** 2 + 20 * (decay - 0.1) ** 2 + 0.1 * (epochs - 3) ** 2;
  return numbers + ((width - 64) / 400) ** 2 + (schedule === 'cosine' ? 0 : 0.2);
}

async function run(study: Study, trials: number, noise = 0, searched = space): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask(searched);
    const value = loss(trial.params);
    losses.push(value);
    await study.tell(trial, value + noise * (RandomGenerator.of(7, i).uniform() - 0.5));
  }
  return losses;
}

describe('GpSampler', () => {
  test('finds the optimum of a mixed space in 30 trials, where TPE is still on its way', async () => {
    const best = async (sampler: GpSampler | TpeSampler) =>
      Math.min(...(await run(await createStudy({ sampler }), 30)));
    const ours = [await best(new GpSampler({ seed: 1 })), await best(new GpSampler({ seed: 2 }))];
    const others = [await best(new TpeSampler({ seed: 1 })), await best(new TpeSampler({ seed: 2 }))];
    expect(Math.max(...ours)).toBeLessThan(0.05);
    expect(Math.max(...ours)).toBeLessThan(Math.min(...others));
  });
  test('diverged and constant trials leave it standing', async () => {
    const study = await createStudy({ sampler: new GpSampler({ seed: 1 }) });
    for (const value of [Infinity, Infinity, 1e30, -Infinity, 2, 2, 2, 1])
      await study.tell(await study.ask(space), value);
    expect((await study.ask(space)).params.epochs).toBeGreaterThan(0);
    const flat = await createStudy({ sampler: new GpSampler({ seed: 1 }) });
    for (let i = 0; i < 8; i++) await flat.tell(await flat.ask(space), 3);
  });
  test('no setting is tried twice before a discrete space is used up', async () => {
    const study = await createStudy({ sampler: new GpSampler({ seed: 1, startupTrials: 2 }) });
    const small = { a: int(1, 4), b: categorical(['x', 'y', 'z']) };
    for (let i = 0; i < 13; i++) {
      const trial = await study.ask(small);
      await study.tell(trial, trial.params.a + (trial.params.b === 'y' ? 0 : 1));
    }
    const settings = (await study.trials()).map(({ params }) => JSON.stringify(params));
    expect(new Set(settings.slice(2)).size).toBeGreaterThanOrEqual(10);
    expect(new Set(settings).size).toBe(12);
  });
  test('parallel trials spread out', async () => {
    const study = await createStudy({ sampler: new GpSampler({ seed: 3 }) });
    await run(study, 12);
    const trials = await Promise.all([0, 1, 2].map(() => study.ask(space)));
    const unit = new UnitSpace({ rate: space.rate, decay: space.decay });
    const [a, b, c] = trials.map(({ params }) => unit.encode(params)!) as [Float64Array, Float64Array, Float64Array];
    for (const [p, q] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const)
      expect(Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!)).toBeGreaterThan(0.01);
  });
  test('trials that break a constraint are avoided', async () => {
    const study = await createStudy({ sampler: new GpSampler({ seed: 1 }) });
    let broken = 0;
    for (let i = 0; i < 24; i++) {
      const trial = await study.ask({ x: float(0, 1), y: float(0, 1) });
      const { x, y } = trial.params;
      await trial.setConstraint('memory', 0.5 - x);
      if (i >= 12 && x < 0.45) broken++;
      await study.tell(trial, x + y);
    }
    expect(broken).toBeLessThan(4);
    expect((await study.bestTrial()).values![0]).toBeLessThan(0.6);
  });
  test('refuses options it cannot use', () => {
    expect(() => new GpSampler({ startupTrials: 0 })).toThrow(InvalidOptionError);
    expect(() => new GpSampler({ priorWeight: -1 })).toThrow(/priorWeight/);
  });
});

describe('recommendations', () => {
  const recommended = (rate: number, decay: number, schedule: 'constant' | 'cosine', confidence = 0.75) => ({
    ...space,
    rate: float(1e-5, 1e-1, { log: true, recommended: rate, confidence }),
    decay: float(0, 0.3, { recommended: decay, confidence }),
    epochs: int(1, 5, { recommended: 3 }),
    schedule: categorical(['constant', 'cosine', null], { recommended: schedule, confidence }),
  });
  test('are the first trial, unless it has been tried or enqueued', async () => {
    const good = recommended(1e-3, 0.1, 'cosine');
    const study = await createStudy({ sampler: new PriorSampler({ seed: 1 }) });
    const [first, second] = [await study.ask(good), await study.ask(good)];
    expect(first.params).toMatchObject({ rate: 1e-3, decay: 0.1, epochs: 3, schedule: 'cosine' });
    expect(second.params.rate).not.toBe(1e-3);
    const other = await createStudy({ sampler: new PriorSampler({ seed: 1 }) });
    await other.enqueue({ rate: 1e-2 });
    expect((await other.ask(good)).params.rate).toBe(1e-2);
    expect((await other.ask(good)).params.rate).toBe(1e-3);
  });
  test('right ones save trials; wrong ones are forgotten', async () => {
    const best = async (searched: typeof space, trials: number, seed: number) =>
      Math.min(...(await run(await createStudy({ sampler: new GpSampler({ seed }) }), trials, 0.02, searched)));
    const right = recommended(2e-3, 0.12, 'cosine') as typeof space;
    const wrong = recommended(3e-5, 0.28, 'constant') as typeof space;
    for (const seed of [1, 2]) {
      expect(await best(right, 8, seed)).toBeLessThan(await best(space, 8, seed));
      expect(await best(wrong, 30, seed)).toBeLessThan(0.15);
    }
  });
  test('that are not refuted draw the closer the surer one is', async () => {
    const distances = async (confidence: number) => {
      const study = await createStudy({ sampler: new GpSampler({ seed: 3 }) });
      await run(study, 6, 0, recommended(1e-3, 0.1, 'cosine', confidence) as typeof space);
      return (await study.trials()).map(({ params }) => Math.abs(Math.log10(params.rate as number) + 3)).slice(2);
    };
    expect(Math.max(...(await distances(0.95)))).toBeLessThan(Math.max(...(await distances(0.25))));
  });
  test('are checked', () => {
    expect(() => float(0, 1, { recommended: 2 })).toThrow(InvalidDistributionError);
    expect(() => int(0, 8, { step: 4, recommended: 3 })).toThrow(/not one of its values/);
    expect(() => float(0, 1, { recommended: 1, confidence: 1 })).toThrow(/confidence/);
    expect(() => float(0, 1, { confidence: 0.5 })).toThrow(/recommended/);
    expect(Object.keys(float(0, 1))).toEqual(['type', 'low', 'high', 'log', 'step']);
  });
});

test('the maximiser finds the highest of several peaks, whose choice and number a grid confirms', () => {
  const unit = new UnitSpace({ x: float(0, 1), n: int(1, 100), c: categorical(['a', 'b']) });
  const height = (x: Float64Array) => {
    const [a, b, c] = x as unknown as [number, number, number];
    return Math.sin(9 * a) - 8 * (b - 0.37) ** 2 - (a - 0.8) ** 2 + (c === 1 ? 0.3 : 0);
  };
  const acquisition = {
    value: height,
    addGradient(x: Float64Array, gradient: Float64Array) {
      gradient[0]! += 9 * Math.cos(9 * x[0]!) - 2 * (x[0]! - 0.8);
      gradient[1]! -= 16 * (x[1]! - 0.37);
      return height(x);
    },
  };
  let grid = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= 1000; i++) grid = Math.max(grid, height(Float64Array.of(i / 1000, (37 - 0.5) / 100, 1)));
  const random = RandomGenerator.of(1);
  const [best] = maximize(acquisition, unit, { random, known: [], lengths: Float64Array.of(1, 1, 1), samples: 32 });
  expect(best!.value).toBeGreaterThan(grid - 1e-3);
  expect(unit.decode(best!.x)).toMatchObject({ c: 'b' });
});
