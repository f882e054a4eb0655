// The sampler of a search, on one machine and on many.
import { type JsonValue, ProjectedSampler, type Sampler, TpeSampler } from '@goldilocks/study';
import { NearRecommendedSampler } from './near-recommended-sampler.js';

/** First trials that are spread over the prior before the model of the sampler takes over. */
const fewestStartup = 3;
const mostStartup = 8;

/** @param trials how many are planned: a third of them begin near the recommended settings, within bounds */
export function searchSampler(recommended: Readonly<Record<string, JsonValue>>, seed: number, trials: number): Sampler {
  const count = Math.min(mostStartup, Math.max(fewestStartup, Math.round(trials / 3)));
  const startupSampler = new NearRecommendedSampler({ recommended, seed, count });
  return new ProjectedSampler(new TpeSampler({ seed, startupTrials: count + 1, startupSampler }));
}
