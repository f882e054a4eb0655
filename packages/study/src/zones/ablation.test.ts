import { expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { TrialNotFoundError } from '../errors.js';
import { RandomGenerator } from '../numerics/random.js';
import { QmcSampler } from '../samplers/qmc.js';
import { createStudy } from '../study/create-study.js';
import type { Params } from '../trial/frozen-trial.js';
import { ablation } from './ablation.js';
import { standardNormal } from './multivariate-normal.js';

const space = { x: float(0, 1), y: float(0, 1), z: categorical(['a', 'b']), idle: float(0, 1) };
/** From all zero and a to all one and b: x brings 0.5 and half of the 0.2 that x and y bring together, y the other half, z 0.3. */
const truth = ({ x, y, z }: Params) =>
  2 - 0.5 * (x as number) - 0.2 * (x as number) * (y as number) - (z === 'b' ? 0.3 : 0);

async function trialsOf(noise: number) {
  const study = await createStudy({ sampler: new QmcSampler({ seed: 3 }) });
  const random = RandomGenerator.of(6);
  await study.enqueue({ x: 0, y: 0, z: 'a', idle: 0 });
  await study.enqueue({ x: 1, y: 1, z: 'b', idle: 1 });
  for (let i = 0; i < 40; i++) {
    const trial = await study.ask(space);
    await study.tell(trial, truth(trial.params) + noise * standardNormal(random));
  }
  return study.trials();
}

test('shares the gain among the changes by their Shapley values', async () => {
  const { changes, total } = ablation(await trialsOf(0.01), { to: 1 });
  const byName = Object.fromEntries(changes.map((change) => [change.name, change]));
  const exact = { x: 0.6, y: 0.1, z: 0.3, idle: 0 };
  for (const [name, value] of Object.entries(exact)) {
    expect(Math.abs(byName[name]!.mean - value), name).toBeLessThan(0.06);
    expect(byName[name]!.low, name).toBeLessThan(value + 0.02);
    expect(byName[name]!.high, name).toBeGreaterThan(value - 0.02);
  }
  expect(changes[0]).toMatchObject({ name: 'x', from: 0, to: 1 });
  expect(changes[0]!.probabilityBetter).toBeGreaterThan(0.99);
  expect(Math.abs(total.mean - 1)).toBeLessThan(0.06);
  expect(changes.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(total.mean, 5);
});

test('mirrors when maximising, leaves out what did not change, and knows little from few noisy trials', async () => {
  const trials = await trialsOf(0.01);
  const turned = trials.map((trial) => ({ ...trial, values: [-trial.values![0]!] }));
  expect(ablation(turned, { to: 1, direction: 'maximize' })).toEqual(ablation(trials, { to: 1 }));
  expect(ablation(trials, { from: 1, to: 1 }).changes).toEqual([]);
  const few = ablation((await trialsOf(0.5)).slice(0, 8), { to: 1 });
  for (const { low, high } of few.changes) expect(high - low).toBeGreaterThan(0.2);
  expect(() => ablation(trials, { to: 99 })).toThrow(TrialNotFoundError);
});
