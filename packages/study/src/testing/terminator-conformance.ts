/** The checks that every terminator passes: the obligations of `Terminator`. */

import { categorical, float } from '../distributions/distribution.js';
import type { Termination, Terminator } from '../terminators/terminator.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { type ConformanceCheck, deepFreeze, expectEqual, expectTrue } from './suite.js';

/** @param create gives a new terminator with the same options each time */
export function terminatorConformance(create: () => Terminator): ConformanceCheck[] {
  return [
    { name: 'a study without trials goes on', run: async () => checkEmpty(create) },
    { name: 'decisions depend on the trials only, and do not change them', run: async () => checkPure(create) },
    { name: 'maximising the negative is minimising', run: async () => checkDirections(create) },
    {
      name: 'a decision can be explained: it stops when the improvement is at or below the bar',
      run: async () => checkReason(create),
    },
    {
      name: 'failures, pruned trials, infinities and trials that still run are decided on',
      run: async () => checkStates(create),
    },
  ];
}

const DISTRIBUTIONS = { x: float(0, 1), c: categorical(['a', 'b']) };

/** Values fall towards 0; every sixth failed, every seventh was pruned, the last is running. */
function trialsOf(count: number, sign: 1 | -1, worst = 3): FrozenTrial[] {
  return Array.from({ length: count }, (_, number) => {
    const x = (number * 0.618) % 1;
    const state =
      number === count - 1 ? 'RUNNING' : number % 6 === 5 ? 'FAIL' : number % 7 === 6 ? 'PRUNED' : 'COMPLETE';
    const value = number === 2 ? worst : (x - 0.3) ** 2 + 1 / (number + 1);
    return {
      id: number + 1,
      number,
      state,
      values: state === 'COMPLETE' ? [sign * value] : null,
      params: { x, c: number % 2 ? 'a' : 'b' },
      distributions: DISTRIBUTIONS,
      intermediateValues: new Map(),
      userAttributes: {},
      systemAttributes: {},
      startedAt: new Date(number * 60_000),
      completedAt: state === 'RUNNING' ? null : new Date((number + 1) * 60_000),
    };
  });
}

const COUNTS = [2, 9, 24, 40];

function decide(terminator: Terminator, trials: readonly FrozenTrial[], direction: Direction): Termination {
  return terminator.decide({ trials: deepFreeze(trials), direction });
}

function checkEmpty(create: () => Terminator): void {
  expectEqual(decide(create(), [], 'minimize').stop, false, 'no trials');
  expectEqual(decide(create(), trialsOf(1, 1), 'minimize').stop, false, 'one running trial');
}

function checkPure(create: () => Terminator): void {
  const shared = create();
  // Forwards, then backwards: what it has seen must not matter.
  for (const count of [...COUNTS, ...COUNTS.toReversed()]) {
    const alone = decide(create(), trialsOf(count, 1), 'minimize');
    expectEqual(decide(shared, trialsOf(count, 1), 'minimize'), alone, `a terminator used before, at ${count} trials`);
  }
}

function checkDirections(create: () => Terminator): void {
  for (const count of COUNTS) {
    const [down, up] = [
      decide(create(), trialsOf(count, 1), 'minimize'),
      decide(create(), trialsOf(count, -1), 'maximize'),
    ];
    expectEqual(up.stop, down.stop, `the decision at ${count} trials`);
    const near = (a: number, b: number) => Object.is(a, b) || Math.abs(a - b) <= 1e-6 * (1 + Math.abs(b));
    expectTrue(near(up.improvement, down.improvement), `improvement ${up.improvement}, mirrored ${down.improvement}`);
  }
}

function checkReason(create: () => Terminator): void {
  for (const count of [1, ...COUNTS]) {
    const { stop, improvement, bar } = decide(create(), trialsOf(count, 1), 'minimize');
    if (stop) expectTrue(improvement <= bar, `stopped with improvement ${improvement} above the bar ${bar}`);
    else expectTrue(!(improvement < bar), `went on with improvement ${improvement} below the bar ${bar}`);
  }
}

function checkStates(create: () => Terminator): void {
  for (const worst of [Infinity, -Infinity]) {
    for (const count of COUNTS) {
      expectEqual(
        typeof decide(create(), trialsOf(count, 1, worst), 'minimize').stop,
        'boolean',
        `a value of ${worst}`,
      );
    }
  }
  const failed = trialsOf(30, 1).map((trial): FrozenTrial => ({ ...trial, state: 'FAIL', values: null }));
  expectEqual(typeof decide(create(), failed, 'minimize').stop, 'boolean', 'nothing but failures');
}
