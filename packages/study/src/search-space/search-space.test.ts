import { expect, test } from 'vitest';
import { float, int, type SearchSpace } from '../distributions/distribution.js';
import type { FrozenTrial, TrialState } from '../trial/frozen-trial.js';
import { GroupedSearchSpace } from './group.js';
import { IntersectionSearchSpace, intersectionSearchSpace } from './intersection.js';

const trial = (distributions: SearchSpace, state: TrialState = 'COMPLETE') => ({ distributions, state }) as FrozenTrial;
const [x, y, z] = [float(0, 1), int(1, 3), float(0, 2)];

test('the intersection keeps what every complete or pruned trial had alike, by name', () => {
  const trials = [trial({ z, x, y }), trial({ y, x: float(0, 1) }, 'PRUNED'), trial({}, 'FAIL')];
  expect(Object.entries(intersectionSearchSpace(trials))).toEqual([
    ['x', x],
    ['y', y],
  ]);
  expect(intersectionSearchSpace([...trials, trial({ x: z, y })])).toEqual({ y });
  expect(intersectionSearchSpace([])).toEqual({});
});

test('read bit by bit it is the same as read at once', () => {
  const trials = [trial({ x, y, z }), trial({ x, z }), trial({ x, y })];
  const space = new IntersectionSearchSpace();
  const seen = trials.map((_, i) => Object.keys(space.update(trials.slice(0, i + 1))));
  expect(seen).toEqual([['x', 'y', 'z'], ['x', 'z'], ['x']]);
});

test('groups are the parameters that appear together', () => {
  const groups = new GroupedSearchSpace();
  const trials = [trial({ x, y }), trial({ y, z }), trial({ x, y, z })];
  const names = (count: number) =>
    groups
      .update(trials.slice(0, count))
      .map((group) => Object.keys(group))
      .sort();
  expect(names(1)).toEqual([['x', 'y']]);
  expect(names(2)).toEqual([['x'], ['y'], ['z']]);
  expect(names(3)).toEqual([['x'], ['y'], ['z']]);
});
