// Opens a shared study with the sampler and the pruner that every worker of it uses.
import {
  loadStudy,
  ProjectedSampler,
  type Storage,
  type Study,
  SuccessiveHalvingPruner,
  TpeSampler,
} from '@goldilocks/study';
import { paramsFromSettings } from '../plan/plan.js';
import { NearRecommendedSampler } from '../search/near-recommended-sampler.js';
import { reduction, rungStep } from '../search/rungs.js';
import type { SharedJob } from './shared-job.js';

/** First trials that are spread over the prior before the model of the sampler takes over. */
const fewestStartup = 3;
const mostStartup = 8;

/**
 * Draws follow from the seed and the trial's number, so workers never draw the same; trials that others are running count as bad
 * ones until they report. A trial cannot be paused here, so at a rung it goes on or is stopped.
 */
export function openSharedStudy(storage: Storage, name: string, job: SharedJob): Promise<Study> {
  const { plan, schedule, settings } = job;
  const seed = settings.seed ?? 0;
  const count = Math.min(mostStartup, Math.max(fewestStartup, Math.round((job.trials ?? schedule.trials) / 3)));
  const recommended = paramsFromSettings(plan, plan.settings) as Record<string, number | string>;
  const startupSampler = new NearRecommendedSampler({ recommended, seed, count });
  const sampler = new ProjectedSampler(new TpeSampler({ seed, startupTrials: count + 1, startupSampler }));
  const pruner = new SuccessiveHalvingPruner({ minResource: rungStep(0), reductionFactor: reduction });
  return loadStudy({ storage, name, sampler, pruner });
}
