/** The checks that every promotion rule passes: the obligations of `PromotionRule`. */

import { categorical, float, int } from '../distributions/distribution.js';
import type { PausableTrial } from '../multi-fidelity/pausable-trial.js';
import type { NextStep, PromotionRule, Situation } from '../multi-fidelity/promotion-rule.js';
import { DEFAULT_SHARES } from '../multi-fidelity/shares.js';
import type { Direction, Params } from '../trial/frozen-trial.js';
import { type ConformanceCheck, deepFreeze, expectEqual, expectTrue } from './suite.js';

/** @param create gives a new rule with the same options and seed each time */
export function promotionRuleConformance(create: () => PromotionRule): ConformanceCheck[] {
  return [
    { name: 'a search ends within its budget, with a trial at its end', run: async () => checkBudget(create) },
    { name: 'every step is possible', run: async () => checkSteps(create) },
    {
      name: 'decisions depend on the situation and the seed only, and do not change it',
      run: async () => checkPure(create),
    },
    { name: 'maximising the negative is minimising', run: async () => checkDirections(create) },
    { name: 'nothing begins where nothing may, or nothing fits', run: async () => checkLimits(create) },
    { name: 'failures and values that are not finite are decided on', run: async () => checkExtremes(create) },
  ];
}

const SPACE = { rate: float(1e-4, 1, { log: true }), epochs: int(1, 4), kind: categorical(['a', 'b']) };
const SHARES = DEFAULT_SHARES;
const BUDGET = 18;
const cost = (params: Params, from: number, to: number) => (params.epochs as number) * (to - from);

/** Settings that a study's sampler might choose. */
function settingOf(number: number): Params {
  const at = (factor: number) => (factor * (number + 1)) % 1;
  const [rate, kind] = [10 ** (-4 * at(0.618)), at(0.382) < 0.5 ? 'a' : 'b'];
  return { rate, epochs: 1 + Math.floor(4 * at(0.755)), kind };
}

/** A curve that falls, faster and for longer at higher rates, with an optimum. */
function lossAt({ rate, epochs, kind }: Params, share: number): number {
  const distance = Math.log10(rate as number) + 2 + 0.2 * (epochs as number);
  return 1 + distance ** 2 + (kind === 'a' ? 0.1 : 0) + 2 * Math.exp(-3 * share * (epochs as number));
}

type Values = (trial: number, params: Params, share: number) => number;
const plain: Values = (_, params, share) => lossAt(params, share);

function startedTrial(number: number, params: Params): PausableTrial {
  const frozen = {
    id: number + 1,
    number,
    state: 'RUNNING' as const,
    values: null,
    params,
    distributions: SPACE,
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: new Date(0),
    completedAt: null,
  };
  return { id: number + 1, number, params, state: 'paused', values: [], share: 0, seconds: 0, frozen };
}

/** A trial brought to a share; NaN fails it, as a scheduler does. */
function advanced(trial: PausableTrial, to: number, sign: 1 | -1, values: Values): PausableTrial {
  const reached = SHARES.filter((share) => share <= to).map(
    (share) => sign * values(trial.number, trial.params, share),
  );
  const isFailed = reached.some(Number.isNaN);
  const state = isFailed ? 'failed' : to === 1 ? 'complete' : 'paused';
  return { ...trial, state, share: isFailed ? trial.share : to, values: isFailed ? trial.values : reached };
}

function situationOf(trials: readonly PausableTrial[], more: Partial<Situation> = {}): Situation {
  const spent = trials.reduce((sum, { params, share }) => sum + cost(params, 0, share), 0);
  const usual = { direction: 'minimize' as const, waiting: 0, mayStart: true, left: BUDGET - spent };
  return { space: SPACE, shares: SHARES, cost, spent, trials, ...usual, ...more };
}

/** All decisions of a search, with the trials before each and after the last. */
function search(rule: PromotionRule, direction: Direction = 'minimize', values: Values = plain) {
  const sign = direction === 'minimize' ? 1 : -1;
  // Trial 0 is at its end when a rule is asked for the first time.
  let trials = [advanced(startedTrial(0, settingOf(0)), 1, sign, values)];
  const decisions: { readonly trials: readonly PausableTrial[]; readonly step: NextStep }[] = [];
  for (let step = ask(rule, trials, direction); step; step = ask(rule, trials, direction)) {
    decisions.push({ trials, step });
    expectTrue(decisions.length < 200, 'a search of at most 200 steps');
    trials = carriedOut(trials, step, sign, values);
  }
  return { decisions, trials };
}

function ask(rule: PromotionRule, trials: readonly PausableTrial[], direction: Direction): NextStep | null {
  return rule.next(deepFreeze(situationOf(trials, { direction })));
}

function carriedOut(trials: readonly PausableTrial[], step: NextStep, sign: 1 | -1, values: Values): PausableTrial[] {
  if (step.type === 'continue')
    return trials.map((trial) => (trial.number === step.trial ? advanced(trial, step.to, sign, values) : trial));
  const params = step.params ?? settingOf(trials.length);
  return [...trials, advanced(startedTrial(trials.length, params), SHARES[0]!, sign, values)];
}

function checkBudget(create: () => PromotionRule): void {
  const { trials } = search(create());
  const { spent } = situationOf(trials);
  expectTrue(spent <= BUDGET + 1e-9, `${spent} spent of ${BUDGET}`);
  expectTrue(trials.length > 2, 'some settings tried');
  expectTrue(
    trials.slice(1).some(({ state }) => state === 'complete'),
    'a trial besides the first at its end',
  );
}

function checkSteps(create: () => PromotionRule): void {
  for (const { trials, step } of search(create()).decisions) {
    if (step.type === 'new') {
      expectEqual(Object.keys(step.params ?? SPACE).sort(), Object.keys(SPACE).sort(), 'parameters of a new trial');
      continue;
    }
    const trial = trials.find(({ number }) => number === step.trial);
    expectEqual(trial?.state, 'paused', `the state of trial ${step.trial}, to be continued`);
    expectTrue(SHARES.includes(step.to) && step.to > trial!.share, `a share after ${trial!.share}, not ${step.to}`);
  }
}

function checkPure(create: () => PromotionRule): void {
  const shared = create();
  const { decisions } = search(create());
  // Forwards, then backwards: what it has seen must not matter.
  for (const { trials, step } of [...decisions, ...decisions.toReversed()]) {
    expectEqual(ask(shared, trials, 'minimize'), step, `a rule used before, with ${trials.length} trials`);
  }
}

function checkDirections(create: () => PromotionRule): void {
  const [down, up] = (['minimize', 'maximize'] as const).map((direction) =>
    search(create(), direction).decisions.map(({ step }) => step),
  );
  expectEqual(up, down, 'the steps of a search');
}

function checkLimits(create: () => PromotionRule): void {
  for (const { trials } of search(create()).decisions) {
    expectEqual(create().next(situationOf(trials, { left: 0 })), null, 'a step with nothing left');
    const step = create().next(situationOf(trials, { mayStart: false }));
    expectTrue(step?.type !== 'new', 'no new trial where none may begin');
  }
}

function checkExtremes(create: () => PromotionRule): void {
  for (const extreme of [Number.NaN, Infinity, -Infinity]) {
    const { trials } = search(create(), 'minimize', (number, params, share) =>
      number % 3 === 1 ? extreme : lossAt(params, share),
    );
    expectTrue(trials.length > 1, `a search in which every third trial has ${extreme}`);
  }
}
