// The sampler of a search, on one machine and on many.
import { type Params, PriorSampler, ProjectedSampler, type Sampler, TpeSampler } from '@goldilocks/study';
import { RecommendingSampler } from './recommending-sampler.js';

/**
 * TPE on the values that trials are projected to end with. Its first trials are Sobol points through a prior around the
 * recommended settings, which it forgets when the trials disagree.
 */
export function searchSampler(recommended: Params, seed: number): Sampler {
  const tpe = new TpeSampler({ seed, startupSampler: new PriorSampler({ seed }) });
  return new ProjectedSampler(new RecommendingSampler(tpe, recommended));
}
