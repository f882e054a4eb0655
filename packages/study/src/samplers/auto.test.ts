import { expect, test } from 'vitest';
import { categorical, float } from '../distributions/distribution.js';
import { createStudy } from '../study/create-study.js';
import type { Direction } from '../trial/frozen-trial.js';
import { AutoSampler, CHOICE_KEY } from './auto.js';

const space = { x: float(-1, 1, { recommended: 0.25 }), c: categorical(['a', 'b']) };
const studyOf = (directions: Direction[] = ['minimize']) =>
  createStudy({ directions, sampler: new AutoSampler({ seed: 1 }) });

test('few trials of a fixed space are chosen by a Gaussian process, which each of them says', async () => {
  const study = await studyOf();
  await study.optimize(({ params }) => (params.x as number) ** 2 + (params.c === 'a' ? 0 : 1), { trials: 15, space });
  const trials = await study.trials();
  expect(trials[0]!.params.x).toBe(0.25);
  for (const { systemAttributes } of trials) {
    expect(systemAttributes[CHOICE_KEY]).toEqual({ sampler: 'gp', why: expect.stringContaining('few trials') });
  }
  expect((await study.bestTrial()).values![0]).toBeLessThan(0.01);
});

test('conditional parameters, very many objectives and many trials are for TPE', async () => {
  const conditional = await studyOf();
  for (let i = 0; i < 3; i++) {
    const trial = await conditional.ask();
    if (i > 0) await trial.suggestFloat('momentum', 0, 1);
    await conditional.tell(trial, await trial.suggestFloat('x', 0, 1));
  }
  const last = await conditional.ask();
  expect(last.systemAttributes[CHOICE_KEY]).toEqual({ sampler: 'tpe', why: expect.stringContaining("'momentum'") });
  const chosenFor = async (objectives: number) => {
    const study = await studyOf(Array.from({ length: objectives }, () => 'minimize'));
    return (await study.ask(space)).systemAttributes[CHOICE_KEY];
  };
  expect(await chosenFor(3)).toMatchObject({ sampler: 'gp' });
  expect(await chosenFor(5)).toMatchObject({ sampler: 'tpe', why: expect.stringContaining('5 objectives') });
  const many = await studyOf();
  for (let i = 0; i < 150; i++) {
    await many.addTrial({ state: 'COMPLETE', values: [i], params: { x: 0, c: 'a' }, distributions: space });
  }
  expect((await many.ask(space)).systemAttributes[CHOICE_KEY]).toMatchObject({ sampler: 'tpe' });
});
