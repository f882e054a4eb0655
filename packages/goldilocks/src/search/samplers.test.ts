import { categorical, float, int, type Sampler, type SamplingContext } from '@goldilocks/study';
import { describe, expect, it } from 'vitest';
import { NearRecommendedSampler, triangularQuantile } from './near-recommended-sampler.js';
import { distributionsOf } from './space.js';

const contextOf = (number: number) =>
  ({
    study: { id: 1, name: 's', directions: ['minimize'] },
    history: { trials: [], finished: [], unfinished: [] },
    trial: { number },
  }) as unknown as SamplingContext;

describe('triangularQuantile', () => {
  it.each([0, 0.2, 0.5, 1])('inverts the distribution function with its peak at %f', (mode) => {
    const cdf = (x: number) => (x < mode ? x ** 2 / mode : 1 - (1 - x) ** 2 / (1 - mode || 1));
    for (const quantile of [0, 0.1, 0.35, 0.7, 0.999]) {
      expect(cdf(triangularQuantile(quantile, mode))).toBeCloseTo(quantile, 10);
    }
  });
});

describe('NearRecommendedSampler', () => {
  const recommended = { rate: 1e-3, dropout: 0.1, epochs: 3, schedule: 'cosine' };
  const sampler = new NearRecommendedSampler({ recommended, seed: 5, count: 8 });
  const draw = (number: number, name: string, distribution: Parameters<Sampler['sample']>[2]) =>
    sampler.sample(contextOf(number), name, distribution) as never;

  it('puts one of eight trials into each slice of equal probability', () => {
    const rates = Array.from({ length: 8 }, (_, i) => draw(i, 'rate', float(1e-4, 1e-2, { log: true })) as number);
    const below = rates
      .map((rate) => (Math.log10(rate) + 4) / 2)
      .map((x) => (x < 0.5 ? 2 * x ** 2 : 1 - 2 * (1 - x) ** 2));
    expect(below.map((quantile) => Math.floor(8 * quantile)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps to lattices, and gives the recommended choice half of the trials', () => {
    const numbers = Array.from({ length: 8 }, (_, i) => i);
    const dropouts = numbers.map((i) => draw(i, 'dropout', float(0, 0.2, { step: 0.05 })) as number);
    expect(dropouts.every((value) => [0, 0.05, 0.1, 0.15, 0.2].includes(value))).toBe(true);
    expect(numbers.every((i) => Number.isInteger(draw(i, 'epochs', int(1, 9))))).toBe(true);
    const schedules = numbers.map((i) => draw(i, 'schedule', categorical(['linear', 'cosine', 'constant'])) as string);
    expect(schedules.filter((schedule) => schedule === 'cosine')).toHaveLength(4);
    expect(new Set(schedules).size).toBe(3);
  });
});

describe('distributionsOf', () => {
  it('leaves out what is fixed', () => {
    const common = { recommended: 0.1, source: '' };
    const space = distributionsOf({
      parameters: [
        { ...common, name: 'dropout', kind: 'float', low: 0, high: 0.2, log: false, step: 0.05 },
        { ...common, name: 'epochs', kind: 'int', low: 1, high: 6, log: false },
        { ...common, name: 'warmup', kind: 'float', low: 0, high: 1, log: false, fixed: { by: 'user', because: '' } },
      ],
    });
    expect(space).toEqual({ dropout: float(0, 0.2, { step: 0.05 }), epochs: int(1, 6) });
  });
});
