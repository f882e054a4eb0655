// When search and confirmation should be over, and what must be kept for what comes after.
import type { Parameters } from '../plan/hyperparameters.js';
import { settingsFromParams } from '../plan/plan.js';
import { completeTrials } from '../search/limits.js';
import type { SearchTrial } from '../search/search-trial.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import type { TrialStages } from './trial-stages.js';

/** When the confirmation should be over, on the journey's clock; undefined where the budget counts trials only. */
export function confirmEnd({ context, piloted }: TrialStages): number | undefined {
  const { minutes } = budgetOf(context.record.settings);
  const { finalSeconds, testSeconds } = piloted.schedule;
  return minutes === undefined ? undefined : 60 * minutes - finalSeconds - testSeconds;
}

/**
 * The time to keep for confirming: its planned part, and at least what it takes to run the recommended settings and
 * the dearest contender once more; and what that contender's final run takes beyond the planned one.
 */
export function keepFor(stages: TrialStages) {
  const { plan, schedule, pilot } = stages.piloted;
  const predict = runPredictor(stages.prepared, stages.data, pilot);
  return (contenders: readonly SearchTrial[], pace: number): number => {
    if (contenders.length === 0) return 0;
    const costs = contenders.map(({ params }) =>
      predict(settingsFromParams(plan, params as Parameters), schedule.share),
    );
    const comparison = pace * (predict(plan.settings, schedule.share) + Math.max(...costs));
    return Math.max(comparison, schedule.confirmSeconds) + pace * dearerFinal(stages, contenders);
  };
}

/** Seconds by which the dearest contender's final run on all examples exceeds that of the recommended settings. */
export function dearerFinal({ prepared, data, piloted }: TrialStages, contenders: readonly SearchTrial[]): number {
  const { plan, schedule, pilot } = piloted;
  if (schedule.share === 1) return 0;
  const predict = runPredictor(prepared, data, pilot);
  const costs = contenders.map(({ params }) => predict(settingsFromParams(plan, params as Parameters), 1));
  return Math.max(0, Math.max(...costs) - predict(plan.settings, 1));
}

/** How much longer complete trials took than predicted. */
export function pace(stages: TrialStages, trials: readonly SearchTrial[]): number {
  const { plan, schedule, pilot } = stages.piloted;
  const predict = runPredictor(stages.prepared, stages.data, pilot);
  const complete = completeTrials(trials);
  const actual = complete.reduce((sum, { seconds }) => sum + seconds, 0);
  const predicted = complete.reduce(
    (sum, { params }) => sum + predict(settingsFromParams(plan, params as Parameters), schedule.share),
    0,
  );
  return predicted > 0 && actual > 0 ? actual / predicted : 1;
}
