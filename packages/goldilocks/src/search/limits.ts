// What the search can still afford: predictions, corrected by how long trials have taken so far.
import type { StepLimits } from './promotion.js';
import { rungShares, topRung } from './rungs.js';
import type { SearchOptions } from './search-options.js';
import { lastValue, type SearchTrial } from './search-trial.js';

/** Predictions are made on an idle machine; a little more is asked for before something is started. */
const caution = 1.1;

export function limitsOf(options: SearchOptions, trials: readonly SearchTrial[]): StepLimits {
  const overall = caution * paceOf(trials, options.predict, options.settingsOf);
  // Settings differ in how far off their prediction is: what a trial has run already tells it best.
  const paceOfTrial = (trial: SearchTrial) =>
    trial.values.length === 0 ? overall : caution * paceOf([trial], options.predict, options.settingsOf);
  const left = (options.endsAt ?? Number.POSITIVE_INFINITY) - options.clock.elapsed;
  const better = betterTrials(trials);
  const keptFor = (contenders: readonly SearchTrial[], repeat = true) => {
    const [recommended] = trials;
    if (recommended === undefined) return 0;
    const all = contenders.map((trial) => ({ params: trial.params, pace: paceOfTrial(trial) }));
    return options.keepFor?.(all, paceOfTrial(recommended), repeat) ?? 0;
  };
  return {
    // The recommended settings are always tried, whatever the budget.
    mayStart: trials.length === 0 || trials.length < (options.trials ?? Number.POSITIVE_INFINITY),
    fits(seconds, finalist, repeat = true) {
      if (trials.length === 0) return true;
      return seconds + keptFor(finalist === undefined ? better : [...better, finalist], repeat) <= left;
    },
    predict(trial, rung) {
      const from = trial.values.length === 0 ? 0 : rungShares[trial.values.length - 1]!;
      return paceOfTrial(trial) * options.predict(options.settingsOf(trial.params), from, rungShares[rung]!);
    },
    predictNew: overall * meanCost(options, trials),
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

/** How much longer than predicted the trials took that came to a rung; 1 where none did. */
export function paceOf(
  trials: readonly SearchTrial[],
  predict: SearchOptions['predict'],
  settingsOf: SearchOptions['settingsOf'],
): number {
  let actual = 0;
  let predicted = 0;
  for (const trial of trials) {
    if (trial.values.length === 0 || trial.state === 'failed') continue;
    actual += trial.seconds;
    predicted += predict(settingsOf(trial.params), 0, rungShares[trial.values.length - 1]!);
  }
  return predicted > 0 && actual > 0 ? Math.min(4, Math.max(0.25, actual / predicted)) : 1;
}

/** Complete trials, the best first. */
export function completeTrials(trials: readonly SearchTrial[]): SearchTrial[] {
  return trials
    .filter(({ state, values }) => state === 'complete' && values.length === topRung + 1)
    .sort((a, b) => lastValue(a)! - lastValue(b)! || a.number - b.number);
}
