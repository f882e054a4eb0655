// Samplers that a journey's search can have, by name: the product's own, and others to compare it with.
import { AutoSampler, ProjectedSampler, TpeSampler } from '@goldilocks/study';
import { searchSampler } from '../../packages/goldilocks/dist/search/search-sampler.js';
import { recommending } from '../multi-fidelity/ours.mjs';

const plain = ({ space }) => space;

export const samplers = {
  journey: { space: plain, make: ({ recommended, seed }) => searchSampler(recommended, seed) },
  'tpe without prior': { space: plain, make: ({ seed }) => new ProjectedSampler(new TpeSampler({ seed })) },
  'auto with prior': { space: recommending, make: ({ seed }) => new ProjectedSampler(new AutoSampler({ seed })) },
  auto: { space: plain, make: ({ seed }) => new ProjectedSampler(new AutoSampler({ seed })) },
};
