import { expect, test } from 'vitest';
import { categorical, type Distribution, float, int } from '../../distributions/distribution.js';
import { createStudy } from '../../study/create-study.js';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Trial } from '../../trial/trial.js';
import { AutoSampler, CHOICE_KEY } from '../auto.js';
import { RandomSampler } from '../random.js';
import { conditionalSpace } from './conditional-space.js';
import { GpSampler } from './gp-sampler.js';

/** SGD has a momentum, which may be Nesterov's, with a share; Adam has a beta; each layer has a width. */
async function setting(trial: Trial): Promise<number> {
  const rate = await trial.suggestFloat('rate', 1e-5, 1e-1, { log: true });
  let loss = (Math.log10(rate) + 3) ** 2;
  if ((await trial.suggestCategorical('optimizer', ['sgd', 'adam'])) === 'sgd') {
    loss += 0.3 + (await trial.suggestFloat('momentum', 0, 1));
    if (await trial.suggestCategorical('nesterov', [true, false])) loss += await trial.suggestFloat('share', 0, 1);
  } else loss += ((await trial.suggestFloat('beta', 0, 1)) - 0.7) ** 2;
  const layers = await trial.suggestInt('layers', 1, 3);
  for (let i = 2; i <= layers; i++) loss += Math.abs((await trial.suggestInt(`width${i}`, 1, 40)) - 20) / 100;
  return loss + 0.1 * (3 - layers);
}

async function drawn(trials: number): Promise<FrozenTrial[]> {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  await study.optimize(setting, { trials });
  return study.trials();
}

test('which parameters a setting has is learnt: settings go there and back, and what they lack does not count', async () => {
  const trials = await drawn(40);
  const space = conditionalSpace(trials)!;
  expect(Object.keys(space.space)).toHaveLength(9);
  for (const { params } of trials) {
    const point = space.encode(params)!;
    expect(Object.keys(space.decode(point)).sort()).toEqual(Object.keys(params).sort());
    const isThere = (d: number) => Object.hasOwn(params, space.dimensions[d]!.name);
    const moved = space.snap(point.map((x, d) => (isThere(d) ? x : 0.1)));
    expect(Array.from(moved)).toEqual(Array.from(space.snap(point)));
  }
});

test('where nothing tells when a parameter is there, or its range changes, there is no such space', async () => {
  const study = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  const add = (distributions: Record<string, Distribution>, params: Record<string, number | string>) =>
    study.addTrial({ state: 'COMPLETE', values: [0], params, distributions });
  const [x, c] = [float(0, 1), categorical(['a', 'b'])];
  await add({ x, c }, { x: 0, c: 'a' });
  await add({ c }, { c: 'a' });
  expect(conditionalSpace(await study.trials())).toBeNull();
  const other = await createStudy({ sampler: new RandomSampler({ seed: 1 }) });
  await other.addTrial({ state: 'COMPLETE', values: [0], params: { n: 1 }, distributions: { n: int(0, 3) } });
  await other.addTrial({ state: 'COMPLETE', values: [0], params: { n: 1 }, distributions: { n: int(0, 4) } });
  expect(conditionalSpace(await other.trials())).toBeNull();
});

test('the GP searches conditional parameters, better than chance, and AutoSampler says so', async () => {
  const best = async (sampler: GpSampler | RandomSampler) => {
    const study = await createStudy({ sampler });
    await study.optimize(setting, { trials: 30 });
    return (await study.bestTrial()).values![0]!;
  };
  const chances = await Promise.all([0, 1, 2, 3, 4].map((seed) => best(new RandomSampler({ seed }))));
  const chance = chances.sort((a, b) => a - b)[2]!;
  for (const seed of [0, 1]) expect(await best(new GpSampler({ seed }))).toBeLessThan(0.6 * chance);
  const study = await createStudy({ sampler: new AutoSampler({ seed: 1 }) });
  await study.optimize(setting, { trials: 12 });
  const choices = (await study.trials()).map(({ systemAttributes }) => systemAttributes[CHOICE_KEY]);
  expect(choices.at(-1)).toMatchObject({ sampler: 'gp' });
});
