import { describe, expect, test } from 'vitest';
import { int } from '../distributions/distribution.js';
import { AshaRule, promotable, rungsOf } from './asha-rule.js';
import type { PausableTrial } from './pausable-trial.js';
import type { Situation } from './promotion-rule.js';
import { DEFAULT_SHARES } from './shares.js';

function trial(
  number: number,
  values: (number | undefined)[],
  state: PausableTrial['state'] = 'paused',
): PausableTrial {
  const share = values.length === 0 ? 0 : DEFAULT_SHARES[values.length - 1]!;
  return { id: number, number, params: { epochs: 3 }, state, values, share, seconds: 0, frozen: undefined as never };
}

function situation(trials: PausableTrial[], more: Partial<Situation> = {}): Situation {
  const cost = (_: unknown, from: number, to: number) => 9 * (to - from);
  const limits = { waiting: 0, mayStart: true, spent: 0, left: 1000 };
  return {
    direction: 'minimize',
    space: { epochs: int(1, 6) },
    shares: DEFAULT_SHARES,
    trials,
    cost,
    ...limits,
    ...more,
  };
}

const numbers = (trials: readonly PausableTrial[]) => trials.map(({ number }) => number);

describe('promotable', () => {
  const six = [
    trial(0, [3, 2, 1], 'complete'),
    trial(1, [2.9]),
    trial(2, [3.5]),
    trial(3, [2.5]),
    trial(4, [2.8, 1.9]),
    trial(5, [4]),
  ];

  test('the best third of a rung, the highest rung first', () => {
    // Rung 0 has six trials: the two best are 3 (2.5) and 4 (2.8), of which 4 went on.
    expect(numbers(promotable(situation(six)))).toEqual([3]);
    // Rung 1 has trials 0, 4 and 6: the best of the three is 4.
    expect(numbers(promotable(situation([...six, trial(6, [3.2, 2.4])])))).toEqual([4, 3]);
  });

  test('the largest values where the study maximises; NaN is the worst', () => {
    expect(numbers(promotable(situation(six, { direction: 'maximize' })))).toEqual([5, 2]);
    expect(numbers(promotable(situation([trial(0, [Number.NaN]), trial(1, [9]), trial(2, [10])])))).toEqual([1]);
  });

  test('nobody while one that has ended leads, and trials that passed a rung unmeasured do not count there', () => {
    const complete = trial(0, [3, 2, 1], 'complete');
    expect(promotable(situation([complete, trial(1, [3.1]), trial(2, [3.2])]))).toEqual([]);
    const unmeasured = trial(0, [undefined, undefined, 1], 'complete');
    expect(promotable(situation([unmeasured, trial(1, [3.1]), trial(2, [3.2])]))).toEqual([]);
  });
});

test('rungs are about a third of the next one, also where trials may pause in between', () => {
  expect(rungsOf([1 / 9, 1 / 3, 1], 3)).toEqual([1 / 9, 1 / 3, 1]);
  expect(rungsOf([1 / 9, 2 / 9, 1 / 3, 2 / 3, 1], 3)).toEqual([1 / 9, 1 / 3, 1]);
  expect(rungsOf([0.25, 0.5, 1], 2)).toEqual([0.25, 0.5, 1]);
});

describe('AshaRule', () => {
  const rule = new AshaRule();
  const three = [trial(0, [3, 2, 1], 'complete'), trial(1, [2.9]), trial(2, [3.5])];

  test('promotes, else begins another, else nothing', () => {
    expect(rule.next(situation(three))).toEqual({ type: 'continue', trial: 1, to: 1 / 3 });
    expect(rule.next(situation(three.slice(0, 2)))).toEqual({ type: 'new' });
    expect(rule.next(situation(three.slice(0, 2), { mayStart: false }))).toBeNull();
  });

  test('nothing is begun that cannot end in what is left', () => {
    expect(rule.next(situation(three, { left: 2 }))).toEqual({ type: 'continue', trial: 1, to: 1 / 3 });
    expect(rule.next(situation(three, { left: 1.9 }))).toBeNull();
    expect(rule.next(situation(three.slice(0, 2), { left: 9 }))).toEqual({ type: 'new' });
    expect(rule.next(situation(three.slice(0, 2), { left: 8.9 }))).toBeNull();
  });
});
