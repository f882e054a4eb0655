import { describe, expect, test } from 'vitest';
import { categorical, float, int, type SearchSpace } from '../distributions/distribution.js';
import { InvalidOptionError, NoTrialError, TrialNotFoundError } from '../errors.js';
import { RandomGenerator } from '../numerics/random.js';
import { QmcSampler } from '../samplers/qmc.js';
import { createStudy } from '../study/create-study.js';
import type { FrozenTrial, Params } from '../trial/frozen-trial.js';
import { AdditiveModel } from './additive-model.js';
import { statedChoices, statedStretch, stretchAround } from './bounds.js';
import { combined } from './effect-kernel.js';
import { multivariateNormal, standardNormal } from './multivariate-normal.js';
import { type ParameterZone, zones } from './zones.js';

const space = {
  rate: float(1e-5, 1e-1, { log: true }),
  decay: float(0, 1),
  layers: int(0, 4),
  schedule: categorical(['cosine', 'linear', 'constant']),
};

/** Within 0.04 of the best: |log10(rate) + 3| ≤ 0.4, layers ≤ 2, all but constant, any decay. */
const truth = ({ rate, layers, schedule }: Params) =>
  1 +
  0.25 * (Math.log10(rate as number) + 3) ** 2 +
  0.05 * Math.max(0, (layers as number) - 2) +
  (schedule === 'constant' ? 0.2 : 0);

async function studyOf(objective: (params: Params) => number, of: SearchSpace, count: number, noise = 0.01) {
  const study = await createStudy({ sampler: new QmcSampler({ seed: 2 }) });
  const random = RandomGenerator.of(4);
  for (let i = 0; i < count; i++) {
    const trial = await study.ask(of);
    await study.tell(trial, objective(trial.params) + noise * standardNormal(random));
  }
  return study.trials();
}

const rangeOf = (zone: ParameterZone) => {
  if (zone.kind !== 'range') throw new Error(`${zone.name} has choices`);
  return zone;
};
const named = (found: readonly ParameterZone[], name: string) => found.find((zone) => zone.name === name)!;

describe('zones of a study whose truth is known', async () => {
  const trials = await studyOf(truth, space, 48);
  const { incumbent, parameters, margin } = zones(trials, { margin: 0.04 });

  test('close a number on both sides, the true ends between inside and outside', () => {
    expect(margin).toBe(0.04);
    const { low, high, isOpen } = rangeOf(named(parameters, 'rate'));
    const own = 0.25 * (Math.log10(incumbent.params.rate as number) + 3) ** 2;
    const reach = Math.sqrt((own + 0.04) / 0.25);
    for (const [end, at, sign] of [
      [low, -3 - reach, -1],
      [high, -3 + reach, 1],
    ] as const) {
      expect(sign * Math.log10(end.inside)).toBeLessThanOrEqual(sign * at + 0.02);
      expect(sign * Math.log10(end.outside)).toBeGreaterThanOrEqual(sign * at - 0.02);
      expect(end.isOpen).toBe(false);
      expect(end.evidence.length).toBeGreaterThan(2);
      for (const number of end.evidence) {
        expect(sign * (trials[number]!.params.rate as number)).toBeGreaterThan(sign * end.inside);
      }
    }
    expect(isOpen).toBe(false);
  });

  test('leave what does nothing open to its ends, and find it inside', () => {
    const { low, high } = rangeOf(named(parameters, 'decay'));
    expect([low.outside, high.outside]).toEqual([0, 1]);
    expect([low.isOpen, high.isOpen]).toEqual([true, true]);
    expect(high.inside - low.inside).toBeGreaterThan(0.6);
  });

  test('end on values that the parameter has', () => {
    const { low, high } = rangeOf(named(parameters, 'layers'));
    for (const value of [low.inside, low.outside, high.inside, high.outside]) expect([0, 1, 2, 3, 4]).toContain(value);
    expect(low.outside).toBe(0);
  });

  test('tell the choices apart', () => {
    const zone = named(parameters, 'schedule');
    if (zone.kind !== 'choices') throw new Error('no choices');
    const verdicts = Object.fromEntries(zone.choices.map(({ choice, verdict }) => [choice as string, verdict]));
    expect(verdicts.constant).toBe('outside');
    expect(verdicts[incumbent.params.schedule as string]).toBe('inside');
    const numbers = trials.filter(({ params }) => params.schedule === 'constant').map(({ number }) => number);
    expect(zone.choices.find(({ choice }) => choice === 'constant')!.evidence).toEqual(numbers);
  });
});

test('without a margin, it is the noise of a difference as the trials tell it; mirrored when maximising', async () => {
  const bowl = ({ rate }: Params) => 0.25 * (Math.log10(rate as number) + 3) ** 2;
  const trials = await studyOf(bowl, { rate: space.rate }, 30, 0.02);
  const found = zones(trials);
  expect(found.margin).toBeGreaterThan(Math.SQRT2 * 0.02 * 0.5);
  expect(found.margin).toBeLessThan(Math.SQRT2 * 0.02 * 2);
  const turned = trials.map((trial) => ({ ...trial, values: [-trial.values![0]!] }));
  const options = { incumbent: found.incumbent.number, margin: 0.05 } as const;
  expect(zones(turned, { ...options, direction: 'maximize' }).parameters).toEqual(zones(trials, options).parameters);
});

test('few trials settle nothing', async () => {
  const { parameters } = zones(await studyOf(truth, space, 5), { margin: 0.04 });
  for (const zone of parameters) {
    if (zone.kind === 'choices') expect(zone.choices.filter(({ verdict }) => verdict === 'outside')).toEqual([]);
    else expect([zone.low.isOpen, zone.high.isOpen]).toContain(true);
  }
});

test('says what is missing', async () => {
  const trials = await studyOf(truth, space, 5);
  expect(() => zones(trials.slice(0, 3))).toThrow(NoTrialError);
  expect(() => zones(trials, { incumbent: 99 })).toThrow(TrialNotFoundError);
  expect(() => zones(trials, { confidence: 1 })).toThrow(InvalidOptionError);
  expect(() => zones(trials.map((trial): FrozenTrial => ({ ...trial, params: {}, distributions: {} })))).toThrow(
    /share no parameter/,
  );
});

describe('the parts', () => {
  test('a stretch ends where the effect crosses the tolerance, or at the last value', () => {
    const effects = [3, 1, 0, 0.5, 2];
    expect(stretchAround([0, 1, 2, 3, 4], effects, 2, 1.5, false)).toEqual({ low: 1, high: 3 });
    expect(stretchAround([0, 1, 2, 3, 4], effects, 2, 1.5, true)).toEqual({ low: 0.75, high: 3 + 1 / 1.5 });
    expect(stretchAround([0, 1, 2, 3, 4], effects, 2, 9, true)).toEqual({ low: 0, high: 4 });
  });

  test('stated bounds hold both ends in the share asked for: 0.9 of two independent uniform ends', () => {
    const random = RandomGenerator.of(1);
    const draws = Array.from({ length: 4000 }, () => ({ low: -random.uniform(), high: random.uniform() }));
    const { low, high } = statedStretch(draws, 0.9);
    // Each end holds with √0.9, so each tail is (1 − √0.9) / 2.
    const tail = (1 - Math.sqrt(0.9)) / 2;
    for (const [bound, exact] of [
      [low.outside, -1 + tail],
      [low.inside, -tail],
      [high.inside, tail],
      [high.outside, 1 - tail],
    ] as const) {
      expect(Math.abs(bound - exact)).toBeLessThan(0.012);
    }
  });

  test('choices are called the surest first, as far as all hold together', () => {
    const draws = Array.from({ length: 100 }, (_, i) => [true, i >= 4, i < 50, i < 7]);
    expect(statedChoices(draws, 0.95).map(({ verdict }) => verdict)).toEqual(['inside', 'inside', 'open', 'open']);
    expect(statedChoices(draws, 0.8).map(({ verdict }) => verdict)).toEqual(['inside', 'inside', 'open', 'outside']);
  });

  test('the kernel’s interaction is the sum over pairs', () => {
    const kernels = [0.3, 1.2, 0.7, 0.05];
    let pairs = 0;
    for (const [j, a] of kernels.entries()) for (const b of kernels.slice(j + 1)) pairs += a * b;
    const sum = kernels.reduce((a, b) => a + b, 0);
    const squares = kernels.reduce((a, b) => a + b * b, 0);
    expect(combined(sum, squares, 0.4)).toBeCloseTo(sum + 0.4 * pairs, 12);
  });

  test('draws of effects have the model’s means and deviations', async () => {
    const random = RandomGenerator.of(8);
    const rows = Array.from({ length: 12 }, (_, trial) => {
      const positions = [random.uniform(), random.uniform()];
      return { positions, share: 1, trial, loss: positions[0]! ** 2, noiseWeight: 1 };
    });
    const axis = { kind: 'ordered', typicalEffect: 0.35 } as const;
    const model = new AdditiveModel({ axes: [axis, axis], rows, noise: 0.05 });
    const [from, to] = [
      { positions: [0.1, 0.5], share: 1 },
      { positions: [0.9, 0.5], share: 1 },
    ];
    const draws = model.draws(from, [to], 60, random).map(([effect]) => effect!);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length);
    const effect = model.effect(from, to, 0);
    expect(Math.abs(mean - effect.mean)).toBeLessThan((4 * effect.deviation) / Math.sqrt(draws.length));
    expect(Math.abs(deviation / effect.deviation - 1)).toBeLessThan(0.05);
    expect(Math.abs(effect.mean - 0.8)).toBeLessThan(0.15);
  });

  test('multivariate normal draws have the covariance asked for, also a singular one', () => {
    const random = RandomGenerator.of(3);
    const draws = multivariateNormal(Float64Array.of(1, 2), Float64Array.of(4, 2, 2, 1), 4000, random);
    for (const [a, b] of draws) expect(Math.abs(a! - 1 - 2 * (b! - 2))).toBeLessThan(0.01);
    expect(draws.reduce((sum, [a]) => sum + (a! - 1) ** 2, 0) / draws.length).toBeGreaterThan(3.6);
  });
});
