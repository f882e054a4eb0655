// Opens a shared study with the sampler and the pruner that every worker of it uses.
import { loadStudy, type Params, type Storage, type Study, SuccessiveHalvingPruner } from '@goldilocks/study';
import { paramsFromSettings } from '../plan/plan.js';
import { reduction, rungStep } from '../search/rungs.js';
import { searchSampler } from '../search/search-sampler.js';
import type { SharedJob } from './shared-job.js';

/**
 * Draws follow from the seed and the trial's number, so workers never draw the same; trials that others are running count as bad
 * ones until they report. A trial cannot be paused here, so at a rung it goes on or is stopped.
 */
export function openSharedStudy(storage: Storage, name: string, job: SharedJob): Promise<Study> {
  const { plan, settings } = job;
  const sampler = searchSampler(paramsFromSettings(plan, plan.settings) as Params, settings.seed ?? 0);
  const pruner = new SuccessiveHalvingPruner({ minResource: rungStep(0), reductionFactor: reduction });
  return loadStudy({ storage, name, sampler, pruner });
}
