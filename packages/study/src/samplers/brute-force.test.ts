import { expect, test } from 'vitest';
import { categorical, float, int } from '../distributions/distribution.js';
import { InvalidOptionError, InvalidParameterError } from '../errors.js';
import { createStudy } from '../study/create-study.js';
import type { Trial } from '../trial/trial.js';
import { BruteForceSampler } from './brute-force.js';
import { PartialFixedSampler } from './partial-fixed.js';
import { RandomSampler } from './random.js';

/** Five values of x, or six pairs a ≤ b. */
async function conditional(trial: Trial): Promise<number> {
  if ((await trial.suggestCategorical('kind', ['float', 'pair'])) === 'float')
    return trial.suggestFloat('x', 1, 3, { step: 0.5 });
  const a = await trial.suggestInt('a', 1, 3);
  return a + (await trial.suggestInt('b', a, 3));
}

test.each([1, 2])('tries every combination of a conditional space once, seed %i', async (seed) => {
  const study = await createStudy({ sampler: new BruteForceSampler({ seed }) });
  await study.optimize(conditional, { trials: 50 });
  const seen = (await study.trials()).map(({ params }) => JSON.stringify(params));
  expect(new Set(seen).size).toBe(11);
  expect(seen.length).toBe(11);
});

test('goes on where it stopped, failed trials counted; concurrency misses none', async () => {
  const space = { a: int(0, 9, { step: 3 }), b: categorical([null, 'x']), c: float(0, 0.3, { step: 0.1 }) };
  const sampler = () => new BruteForceSampler({ seed: 3, avoidPrematureStop: true });
  const study = await createStudy({ sampler: sampler() });
  await study.enqueue({ a: 3 });
  await study.optimize(({ number }) => (number % 5 === 0 ? Number.NaN : number), { trials: 10, space });
  await study.optimize(({ number }) => number, { trials: 100, space, concurrency: 3 });
  const trials = await study.trials();
  expect(trials[0]!.params.a).toBe(3);
  expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(32);
  expect(trials.length).toBeLessThan(36);
  expect(new Set(trials.map(({ params }) => params.c))).toEqual(new Set([0, 0.1, 0.2, 0.3]));
});

test('needs a finite space', async () => {
  const study = await createStudy({ sampler: new BruteForceSampler() });
  await expect(study.ask({ x: float(0, 1) })).rejects.toThrow(InvalidOptionError);
  await expect(study.ask({ n: int(0, 2 ** 30) })).rejects.toThrow(/too many/);
});

test('fixed parameters are held, enqueued ones go before them, and only the rest is searched', async () => {
  const space = { a: int(0, 1), b: int(0, 3) };
  const study = await createStudy({ sampler: new PartialFixedSampler({ a: 1 }, new BruteForceSampler({ seed: 1 })) });
  for (let b = 0; b < 4; b++) await study.tell(await study.ask(space), b);
  await study.enqueue({ a: 0 });
  await study.ask(space);
  const params = (await study.trials()).map((trial) => trial.params);
  expect(params.map(({ a }) => a)).toEqual([1, 1, 1, 1, 0]);
  expect(new Set(params.slice(0, 4).map(({ b }) => b)).size).toBe(4);
});

test('a fixed value outside the range is refused', async () => {
  const study = await createStudy({ sampler: new PartialFixedSampler({ a: 7 }, new RandomSampler()) });
  await expect(study.ask({ a: int(0, 1) })).rejects.toThrow(InvalidParameterError);
  await expect(study.ask({ a: int(0, 9) })).resolves.toMatchObject({ params: { a: 7 } });
});
