import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../../test/golden.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import type { Attributes, Direction, FrozenTrial, Params, TrialState } from '../../trial/frozen-trial.js';
import { ChoiceKernels } from './choice-kernels.js';
import { goodCount } from './kernels.js';
import { Observations } from './observations.js';
import { Splits } from './split.js';

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
  const split = new Splits({}).of(space);
  for (let i = 1; i <= finished.length; i++) {
    observations.update(finished.slice(0, i));
    // It is kept up to date bit by bit, with good ones that become bad.
    if (i % 7 === 0) split.update(observations.trials, observations.markBest(1), running.slice(0, i % 3));
  }
  split.update(observations.trials, observations.markBest(goodCount(observations.count)), running);
  return [split.good, split.bad];
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
      for (const [side, { dimensions, slots }] of observed(one, reorder).entries()) {
        for (const [d, [name, expected]] of Object.entries(one.observed[side]!).entries()) {
          const kernels = dimensions[d]!;
          const observations = Array.from(slots, (slot) => {
            if (kernels instanceof ChoiceKernels) return kernels.observed(slot);
            return kernels.distribution.log ? Math.exp(kernels.mu[slot]!) : kernels.mu[slot]!;
          });
          expect(observations.length, name).toBe(expected.length);
          for (const [i, x] of observations.entries()) expectClose(x, expected[i]!, 1e-12, name);
        }
      }
    }
  });
});
