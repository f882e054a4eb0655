import { expect, test } from 'vitest';
import { float } from '../distributions/distribution.js';
import { createStudy } from '../study/create-study.js';
import { recommendedTrial } from '../study/recommended-trial.js';
import { configurationsOf, meanTrials, SEED_KEY, seedOf } from './repeats.js';

const distributions = { x: float(0, 1), y: float(0, 1) };

async function study(rows: [x: number, value: number, seed: number][]) {
  const made = await createStudy();
  for (const [x, value, seed] of rows) {
    const params = { y: 0.5, x };
    await made.addTrial({
      state: 'COMPLETE',
      values: [value],
      params,
      distributions,
      userAttributes: { [SEED_KEY]: seed },
    });
  }
  return made;
}

test('trials with the same parameters are one configuration, also one that waits', async () => {
  const made = await study([
    [0.1, 1, 0],
    [0.2, 2, 0],
    [0.1, 3, 1],
  ]);
  await made.enqueue({ x: 0.2, y: 0.5 });
  const configurations = configurationsOf(await made.trials());
  expect(configurations.map(({ runs }) => runs.map(({ number }) => number))).toEqual([
    [0, 2],
    [1, 3],
  ]);
  expect(configurations[0]!.runs.map(seedOf)).toEqual([0, 1]);
});

test('they count as one with their mean, by how many measurements each is', async () => {
  const trials = await (
    await study([
      [0.1, 1, 0],
      [0.2, 2, 0],
      [0.1, 4, 1],
    ])
  ).trials();
  const { trials: means, measurements } = meanTrials(trials, ({ number }) => (number === 2 ? 2 : 1));
  expect(means.map(({ number, values }) => [number, ...values!])).toEqual([
    [0, 3],
    [1, 2],
  ]);
  expect(means.map(measurements)).toEqual([3, 1]);
});

test('a lucky first run does not win over a better mean', async () => {
  const rows: [number, number, number][] = [0.1, 0.3, 0.5, 0.7, 0.9].map((x) => [x, 1 + (x - 0.5) ** 2, 0]);
  const lucky: [number, number, number][] = [
    [0.8, 0.5, 0],
    [0.8, 1.6, 1],
    [0.8, 1.5, 2],
    [0.8, 1.5, 3],
  ];
  const trials = await (await study([...rows, ...lucky])).trials();
  const { trial, ranking } = recommendedTrial(trials, { reference: 8 });
  expect(ranking).toHaveLength(6);
  expect(trial.params.x).not.toBe(0.8);
});
