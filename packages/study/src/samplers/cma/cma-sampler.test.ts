import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../distributions/distribution.js';
import { InvalidOptionError, UnsupportedError } from '../../errors.js';
import { createStudy } from '../../study/create-study.js';
import { RandomSampler } from '../random.js';
import type { Sampler } from '../sampler.js';
import { CmaSampler } from './cma-sampler.js';

const space = {
  x: float(-5, 5),
  y: float(1e-4, 1, { log: true }),
  n: int(1, 60),
  c: categorical(['a', 'b']),
};
const loss = ({ x, y, n }: { x: number; y: number; n: number }) =>
  (x - 1) ** 2 + (Math.log10(y) + 2) ** 2 + ((n - 20) / 20) ** 2;

async function best(sampler: Sampler, trials: number): Promise<number> {
  const study = await createStudy({ sampler });
  await study.optimize(({ params }) => loss(params as never), { trials, space });
  return (await study.bestTrial()).values![0]!;
}

describe('CmaSampler', () => {
  test('finds the optimum over floats, logarithms and integers, far closer than chance', async () => {
    for (const seed of [1, 2]) {
      expect(await best(new CmaSampler({ seed }), 200)).toBeLessThan(0.02);
      expect(await best(new CmaSampler({ seed }), 200)).toBeLessThan(
        (await best(new RandomSampler({ seed }), 200)) / 3,
      );
    }
  });
  test('starts at what is recommended, or where a like study was good', async () => {
    const recommended = { ...space, x: float(-5, 5, { recommended: 1 }), n: int(1, 60, { recommended: 20 }) };
    const study = await createStudy({ sampler: new CmaSampler({ seed: 1 }) });
    const first = await study.ask(recommended);
    expect([first.params.x, first.params.n]).toEqual([1, 20]);
    const source = await createStudy({ sampler: new CmaSampler({ seed: 1 }) });
    await source.optimize(({ params }) => loss(params as never), { trials: 80, space });
    const { x, y, n } = space;
    const numbers = { x, y, n };
    const warm = await createStudy({ sampler: new CmaSampler({ seed: 2, warmStart: await source.trials() }) });
    const cold = await createStudy({ sampler: new CmaSampler({ seed: 2 }) });
    const objective = ({ params }: { params: object }) => loss(params as never);
    for (const one of [warm, cold]) await one.optimize(objective, { trials: 7, space: numbers });
    const mean = async (of: typeof warm) => (await of.trials()).reduce((sum, { values }) => sum + values![0]!, 0) / 7;
    expect(await mean(warm)).toBeLessThan(await mean(cold));
  });
  test('begins anew, with more trials a generation, when it has converged', async () => {
    const study = await createStudy({ sampler: new CmaSampler({ seed: 1, populationSize: 4, sigma: 0.02 }) });
    await study.optimize(({ params }) => ((params.x as number) - 1) ** 2, { trials: 220, space: { x: float(-5, 5) } });
    const sizes = new Map<number, number>();
    for (const { systemAttributes } of await study.trials()) {
      const { generation } = systemAttributes['goldilocks:cma'] as { generation: number };
      sizes.set(generation, (sizes.get(generation) ?? 0) + 1);
    }
    expect(sizes.get(0)).toBe(4);
    expect(Math.max(...sizes.values())).toBeGreaterThanOrEqual(8);
  });
  test('an integer keeps being tried on both sides of its present value', async () => {
    const study = await createStudy({ sampler: new CmaSampler({ seed: 3, sigma: 0.05 }) });
    const narrow = { x: float(0, 1), n: int(1, 4) };
    await study.optimize(({ params }) => (params.x as number) ** 2 + (params.n as number), {
      trials: 150,
      space: narrow,
    });
    const late = (await study.trials()).slice(80).map(({ params }) => params.n);
    expect(late).toContain(1);
    expect(late).toContain(2);
  });
  test('refuses what it cannot do', async () => {
    const study = await createStudy({ directions: ['minimize', 'minimize'], sampler: new CmaSampler() });
    await expect(study.ask(space)).rejects.toThrow(UnsupportedError);
    expect(() => new CmaSampler({ populationSize: 1 })).toThrow(InvalidOptionError);
    expect(() => new CmaSampler({ sigma: 0 })).toThrow(/sigma/);
  });
});
