import { FAILURE_KEY, type FrozenTrial } from '@goldilocks/study';
import { describe, expect, it } from 'vitest';
import { countedTrials, failsInARow, hasStagnated, isTimeForAnother } from './ending.js';

function trials(...described: [state: FrozenTrial['state'], value?: number, reason?: string][]): FrozenTrial[] {
  return described.map(([state, value, reason], number) => ({
    ...{ id: number, number, state, params: {}, distributions: {}, intermediateValues: new Map(), userAttributes: {} },
    values: value === undefined ? null : [value],
    systemAttributes: (reason === undefined ? {} : { [FAILURE_KEY]: reason }) as FrozenTrial['systemAttributes'],
    startedAt: new Date(number * 10_000),
    completedAt: new Date(number * 10_000 + 10_000),
  }));
}

describe('what counts', () => {
  const some = trials(
    ['COMPLETE', 1],
    ['FAIL', undefined, 'interrupted: by hand'],
    ['FAIL', undefined, 'lost: node'],
    ['FAIL', undefined, 'error: 1'],
    ['PRUNED'],
    ['RUNNING'],
    ['WAITING'],
  );
  it('leaves out what was no fault of its settings, and what has not ended', () => expect(countedTrials(some)).toBe(3));

  it('failures in a row', () => {
    const fail: ['FAIL', undefined, string] = ['FAIL', undefined, 'error: 1'];
    expect(failsInARow(trials(fail, ['COMPLETE', 1], fail, ['FAIL', undefined, 'interrupted: x'], fail))).toBe(2);
    expect(failsInARow(trials(fail, fail, ['PRUNED']))).toBe(0);
    expect(failsInARow(trials(fail, fail))).toBe(2);
    expect(failsInARow([])).toBe(0);
  });
});

it('a trial begins only where most would end in time', () => {
  expect(isTimeForAnother(trials(['COMPLETE', 1], ['COMPLETE', 1]), 11)).toBe(true);
  expect(isTimeForAnother(trials(['COMPLETE', 1], ['COMPLETE', 1]), 9)).toBe(false);
  expect(isTimeForAnother([], 0.5)).toBe(true);
  expect(isTimeForAnother([], 0)).toBe(false);
});

it('stagnation: so many complete trials without a better one', () => {
  const values = (...given: number[]) => trials(...given.map((value): ['COMPLETE', number] => ['COMPLETE', value]));
  expect(hasStagnated(values(1, 2, 3), ['minimize'], 2)).toBe(true);
  expect(hasStagnated(values(1, 2, 3), ['minimize'], 3)).toBe(false);
  expect(hasStagnated(values(1, 2, 3), ['maximize'], 1)).toBe(false);
  expect(hasStagnated(values(1, 2, 3), ['minimize', 'minimize'], 1)).toBe(false);
});
