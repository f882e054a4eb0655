import { categorical, createStudy, float, int, PriorSampler } from '@goldilocks/study';
import { samplerConformance } from '@goldilocks/study/testing';
import { describe, expect, it, test } from 'vitest';
import { RecommendingSampler } from './recommending-sampler.js';
import { searchSampler } from './search-sampler.js';
import { distributionsOf } from './space.js';

const space = {
  rate: float(1e-4, 1e-2, { log: true }),
  epochs: int(1, 9),
  schedule: categorical(['linear', 'cosine']),
};
const recommended = { rate: 2e-4, epochs: 3, schedule: 'cosine' };

describe('RecommendingSampler', () => {
  const asked = async (ranges: typeof space, count: number) => {
    const study = await createStudy({ sampler: new RecommendingSampler(new PriorSampler({ seed: 1 }), recommended) });
    const trials = [];
    for (let i = 0; i < count; i++) trials.push((await study.ask(ranges)).params);
    return trials;
  };

  it('makes the recommended setting the first, and the next ones gather around it', async () => {
    const [first, ...rest] = await asked(space, 33);
    expect(first).toEqual(recommended);
    const near = rest.filter(({ rate }) => Math.abs(Math.log10(rate / recommended.rate)) < 0.5);
    // Half a decade around it is 0.4 of the range.
    expect(near.length).toBeGreaterThan(0.45 * rest.length);
    expect(rest.filter(({ schedule }) => schedule === 'cosine').length).toBeGreaterThan(0.6 * rest.length);
  });

  it('recommends nothing that a range does not hold, as ranges can be changed meanwhile', async () => {
    const narrowed = { ...space, rate: float(1e-3, 1e-2, { log: true }) };
    for (const { rate } of await asked(narrowed, 5)) expect(rate).toBeGreaterThanOrEqual(1e-3);
  });
});

for (const { name, run } of samplerConformance({ create: (seed) => searchSampler({}, seed) })) test(name, run);

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
