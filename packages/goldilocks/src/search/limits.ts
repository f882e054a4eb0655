// What the search can still afford: predictions, corrected by how long trials have taken so far.
import type { StepLimits } from './promotion.js';
import { rungShares, topRung } from './rungs.js';
import type { SearchOptions } from './search.js';
import { lastValue, type SearchTrial } from './search-trial.js';

/** Predictions are made on an idle machine; a little more is asked for before something is started. */
const caution = 1.1;

export function limitsOf(options: SearchOptions, trials: readonly SearchTrial[]): StepLimits {
  const pace = caution * paceOf(options, trials);
  const left = (options.endsAt ?? Number.POSITIVE_INFINITY) - options.clock.elapsed;
  const predict = (trial: SearchTrial, rung: number) => {
    const from = trial.values.length === 0 ? 0 : rungShares[trial.values.length - 1]!;
    return pace * options.predict(options.settingsOf(trial.params), from, rungShares[rung]!);
  };
  const better = betterTrials(trials);
  return {
    // The recommended settings are always tried, whatever the budget.
    mayStart: trials.length === 0 || trials.length < (options.trials ?? Number.POSITIVE_INFINITY),
    fits(seconds, finalist) {
      const contenders = finalist === undefined ? better : [...better, finalist];
      return trials.length === 0 || seconds + (options.keepFor?.(contenders, pace) ?? 0) <= left;
    },
    predict,
    predictNew: pace * meanCost(options, trials),
  };
}

/** What a new trial's first rung costs: as the trials so far, as their parameters are not known yet. */
function meanCost(options: SearchOptions, trials: readonly SearchTrial[]): number {
  const params = trials.length === 0 ? [options.recommended] : trials.map((trial) => trial.params);
  const costs = params.map((each) => options.predict(options.settingsOf(each), 0, rungShares[0]!));
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

/** Complete trials that did better than the recommended settings, the best first. */
export function betterTrials(trials: readonly SearchTrial[]): SearchTrial[] {
  const bar = trials[0] === undefined ? undefined : lastValue(trials[0]);
  if (bar === undefined) return [];
  return completeTrials(trials).filter((trial) => trial.number !== 0 && lastValue(trial)! < bar);
}

/** How much longer the trials so far took than was predicted. */
function paceOf(options: SearchOptions, trials: readonly SearchTrial[]): number {
  let actual = 0;
  let predicted = 0;
  for (const trial of trials) {
    if (trial.values.length === 0 || trial.state === 'failed') continue;
    actual += trial.seconds;
    predicted += options.predict(options.settingsOf(trial.params), 0, rungShares[trial.values.length - 1]!);
  }
  return predicted > 0 && actual > 0 ? Math.min(4, Math.max(0.25, actual / predicted)) : 1;
}

/** Complete trials, the best first. */
export function completeTrials(trials: readonly SearchTrial[]): SearchTrial[] {
  return trials
    .filter(({ state, values }) => state === 'complete' && values.length === topRung + 1)
    .sort((a, b) => lastValue(a)! - lastValue(b)! || a.number - b.number);
}
