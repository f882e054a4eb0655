// When search and confirmation should be over, and what must be kept for what comes after.
import type { Params } from '@goldilocks/study';
import type { Parameters } from '../plan/hyperparameters.js';
import { paramsFromSettings, settingsFromParams } from '../plan/plan.js';
import { paceOf } from '../search/limits.js';
import type { SearchTrial } from '../search/search-trial.js';
import { budgetOf } from './options.js';
import { runPredictor } from './pilot-stage.js';
import { confirmShare } from './schedule.js';
import type { TrialStages } from './trial-stages.js';

/** When the confirmation should be over, on the journey's clock; undefined where the budget counts trials only. */
export function confirmEnd({ context, piloted }: TrialStages): number | undefined {
  const { minutes } = budgetOf(context.record.settings);
  const { finalSeconds, testSeconds } = piloted.schedule;
  return minutes === undefined ? undefined : 60 * minutes - finalSeconds - testSeconds;
}

/** Settings by their parameters, and how much longer their runs take than predicted. */
export interface Contender {
  params: Params;
  pace: number;
}

/**
 * The time to keep for confirming: its part of the time for both, and at least what it takes to run the recommended settings and
 * the dearest contender once more; and what that contender's final run takes beyond the planned one.
 */
export function keepFor(stages: TrialStages) {
  const { plan, schedule } = stages.piloted;
  const cost = costOf(stages, schedule.share);
  return (contenders: readonly Contender[], recommendedPace: number, repeat: boolean): number => {
    if (contenders.length === 0) return 0;
    const final = dearerFinal(stages, contenders, recommendedPace);
    if (!repeat) return final;
    const recommended = cost({ params: paramsFromSettings(plan, plan.settings) as Params, pace: recommendedPace });
    const comparison = recommended + Math.max(...contenders.map(cost));
    const part = confirmShare * (schedule.searchSeconds + schedule.confirmSeconds);
    return Math.max(comparison, part) + final;
  };
}

/** Seconds of a contender's whole run on a share of the training examples. */
function costOf({ prepared, data, piloted }: TrialStages, share: number) {
  const predict = runPredictor(prepared, data, piloted.pilot);
  return ({ params, pace }: Contender): number =>
    pace * predict(settingsFromParams(piloted.plan, params as Parameters), share);
}

/** Seconds by which both final runs on all examples exceed what was planned for them; 0 where there are none. */
export function dearerFinal(stages: TrialStages, contenders: readonly Contender[], recommendedPace: number): number {
  const { plan, schedule } = stages.piloted;
  if (schedule.share === 1 || contenders.length === 0) return 0;
  const cost = costOf(stages, 1);
  const recommended = cost({ params: paramsFromSettings(plan, plan.settings) as Params, pace: recommendedPace });
  return Math.max(0, recommended + Math.max(...contenders.map(cost)) - schedule.finalSeconds);
}

/** A trial as a contender, by the time it took itself. */
export function contenderOf(stages: TrialStages, trial: SearchTrial): Contender {
  const { plan, schedule, pilot } = stages.piloted;
  const predict = runPredictor(stages.prepared, stages.data, pilot);
  const pace = paceOf(
    [trial],
    (settings, from, to) => predict(settings, schedule.share, from, to),
    (params) => settingsFromParams(plan, params as Parameters),
  );
  return { params: trial.params, pace };
}
