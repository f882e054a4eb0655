import type { Trials } from '@goldilocks/protocol/page';
import { expect, test } from 'vitest';
import { mergeTrials } from './trial-store.js';

function answer(numbers: number[], given: Partial<Trials> = {}): Trials {
  const all = <Value>(value: Value) => numbers.map(() => value);
  return {
    ...{ revision: 'r', whole: false, total: numbers.length, numbers, states: all(0), values: [all(null)], params: [] },
    ...{ lastValues: all(null), lastSteps: all(null), startedAt: all(1), completedAt: all(null), seconds: all(null) },
    ...{ feasible: all(true), marked: all(false), notes: all(0) },
    ...given,
  };
}
const lr = (values: (number | null)[]) => [{ name: 'lr', title: 'rate', scale: 'log' as const, choices: null, values }];

test('an increment changes its rows and adds new ones; what was there before is left alone', () => {
  const first = mergeTrials(undefined, answer([0, 1], { whole: true, params: lr([0.1, 0.2]) }));
  const second = mergeTrials(first, answer([1, 2], { revision: 's', total: 3, states: [1, 0], values: [[5, null]] }));
  expect(second).toMatchObject({ revision: 's', total: 3, numbers: [0, 1, 2], states: [0, 1, 0] });
  expect(second.values).toEqual([[null, 5, null]]);
  expect(first.states).toEqual([0, 0]);
  expect([...second.rows]).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
});

test('a parameter that comes later is missing in the trials before', () => {
  const first = mergeTrials(undefined, answer([0, 1], { whole: true }));
  const second = mergeTrials(first, answer([2], { total: 3, params: lr([0.3]) }));
  expect(second.params).toEqual(lr([null, null, 0.3]));
});

test('a whole answer forgets what was known', () => {
  const first = mergeTrials(undefined, answer([0, 1, 2], { whole: true }));
  expect(mergeTrials(first, answer([7], { whole: true })).numbers).toEqual([7]);
});
