/** The checks that every pruner passes: the obligations of `Pruner`. */

import type { Pruner, PruningDecision } from '../pruners/pruner.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { type ConformanceCheck, deepFreeze, expectEqual, expectTrue } from './suite.js';

/** @param create gives a new pruner with the same options each time */
export function prunerConformance(create: () => Pruner): ConformanceCheck[] {
  return [
    { name: 'a trial without reports goes on', run: async () => checkSilent(create) },
    { name: 'decisions depend on the context only, and do not change it', run: async () => checkPure(create) },
    { name: 'maximising the negative is minimising', run: async () => checkDirections(create) },
    { name: 'NaN and infinities are decided on', run: async () => checkExtremes(create) },
  ];
}

const STEPS = 9;

/** Twelve trials with curves that fall at different levels; every fifth failed, every fourth was pruned half-way. */
function pastTrials(sign: 1 | -1): FrozenTrial[] {
  return Array.from({ length: 12 }, (_, number) => {
    const state = number % 5 === 4 ? 'FAIL' : number % 4 === 3 ? 'PRUNED' : 'COMPLETE';
    const steps = state === 'COMPLETE' ? STEPS : 4;
    const reports = Array.from({ length: steps }, (_, i): [number, number] => [
      i + 1,
      sign * (((number * 5) % 12) + 10 / (i + 1)),
    ]);
    return trialOf(number, state, reports);
  });
}

function trialOf(number: number, state: FrozenTrial['state'], reports: readonly [number, number][]): FrozenTrial {
  return {
    id: number + 1,
    number,
    state,
    values: state === 'COMPLETE' ? [reports.at(-1)?.[1] ?? 0] : null,
    params: {},
    distributions: {},
    intermediateValues: new Map(reports),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
  };
}

/** The decisions on a trial that reports step by step, until it is stopped. */
function decisions(
  pruner: Pruner,
  level: number,
  direction: Direction,
  value = (step: number) => level + 10 / step,
): PruningDecision[] {
  const sign = direction === 'minimize' ? 1 : -1;
  const past = pastTrials(sign);
  const made: PruningDecision[] = [];
  let trial = trialOf(past.length, 'RUNNING', []);
  for (let step = 1; step <= STEPS && !made.at(-1)?.prune; step++) {
    trial = { ...trial, intermediateValues: new Map([...trial.intermediateValues, [step, sign * value(step)]]) };
    const decision = pruner.decide(
      deepFreeze({ studyName: 'conformance', direction, trial, trials: [...past, trial] }),
    );
    trial = { ...trial, systemAttributes: { ...trial.systemAttributes, ...decision.systemAttributes } };
    made.push(decision);
  }
  return made;
}

function checkSilent(create: () => Pruner): void {
  const trial = trialOf(12, 'RUNNING', []);
  const context = { studyName: 'conformance', direction: 'minimize' as const, trial };
  for (const trials of [[trial], [...pastTrials(1), trial]]) {
    expectEqual(create().decide({ ...context, trials }).prune, false, 'a trial without reports');
  }
}

function checkPure(create: () => Pruner): void {
  const shared = create();
  for (const level of [-5, 3, 6, 20]) {
    const alone = decisions(create(), level, 'minimize');
    expectEqual(decisions(shared, level, 'minimize'), alone, `a pruner used before, at level ${level}`);
    expectEqual(decisions(shared, level, 'minimize'), alone, `asked again, at level ${level}`);
  }
}

function checkDirections(create: () => Pruner): void {
  for (const level of [-5, 3, 6, 20]) {
    const [down, up] = (['minimize', 'maximize'] as const).map((way) =>
      decisions(create(), level, way).map(({ prune }) => prune),
    );
    expectEqual(up, down, `decisions at level ${level}`);
  }
}

function checkExtremes(create: () => Pruner): void {
  for (const extreme of [Number.NaN, Infinity, -Infinity]) {
    const made = decisions(create(), 0, 'minimize', (step) => (step > 2 ? extreme : 1));
    expectTrue(
      made.every(({ prune }) => typeof prune === 'boolean'),
      `a decision on ${extreme}`,
    );
  }
}
