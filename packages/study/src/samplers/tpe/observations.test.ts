import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import type { Attributes, Direction, FrozenTrial, Params, TrialState } from '../../trial/frozen-trial.js';
import { goodCount } from './kernels.js';
import { Observations } from './observations.js';

interface Case {
  direction: Direction;
  distributions: Record<string, string>;
  trials: {
    state: TrialState;
    values: number[] | null;
    params: Params;
    reports: [number, number][];
    system: Attributes;
  }[];
  good: number[];
  bad: number[];
  observed: Record<string, number[]>[];
}

function trialsOf({ trials, distributions }: Case): FrozenTrial[] {
  return trials.map(({ state, values, params, reports, system }, number) => ({
    id: number + 1,
    number,
    state,
    values,
    params,
    distributions: Object.fromEntries(
      Object.keys(params).map((name) => [name, parseDistribution(distributions[name]!)]),
    ),
    intermediateValues: new Map(reports),
    userAttributes: {},
    systemAttributes: system,
    startedAt: null,
    completedAt: null,
  }));
}

/** Feeds the finished trials in the given order, and reads what TPE would take from the good and the bad ones. */
function observed(one: Case, reorder: (trials: FrozenTrial[]) => FrozenTrial[]) {
  const trials = trialsOf(one);
  const running = trials.filter(({ state }) => state === 'RUNNING');
  const finished = reorder(trials.filter(({ state }) => state !== 'RUNNING'));
  const space = Object.fromEntries(
    Object.entries(one.distributions).map(([name, text]) => [name, parseDistribution(text)]),
  );
  const observations = new Observations([one.direction]);
  for (let i = 1; i <= finished.length; i++) {
    observations.update(finished.slice(0, i));
    // Columns are kept up to date bit by bit.
    if (i % 7 === 0) observations.select(space, observations.markBest(1), 0, []);
  }
  const marks = observations.markBest(goodCount(observations.count));
  return [observations.select(space, marks, 1, []), observations.select(space, marks, 0, running)];
}

describe('good and bad trials are those of Optuna 5', () => {
  const cases = golden<Case[]>('split').map((one) => [one.direction, one.trials.length, one] as const);
  test.each(cases)('%s, %i trials', (_, __, one) => {
    const orders = [
      (trials: FrozenTrial[]) => trials,
      (trials: FrozenTrial[]) => [...trials].reverse(),
      (trials: FrozenTrial[]) => [...trials].sort((a, b) => ((a.number * 7) % 11) - ((b.number * 7) % 11)),
    ];
    for (const reorder of orders) {
      for (const [side, dimensions] of observed(one, reorder).entries()) {
        for (const [d, [name, expected]] of Object.entries(one.observed[side]!).entries()) {
          const { distribution, observations, order } = dimensions[d]!;
          const log = distribution.type !== 'categorical' && distribution.log;
          expect(observations.length, name).toBe(expected.length);
          for (const [i, x] of observations.entries()) expectClose(log ? Math.exp(x) : x, expected[i]!, 1e-12, name);
          const sorted = Array.from(observations, (x, i) => ({ x, i })).sort((a, b) => a.x - b.x || a.i - b.i);
          expect(Array.from(order!)).toEqual(sorted.map(({ i }) => i));
        }
      }
    }
  });
});
