// Samplers that a journey's search can have, by name: the product's own, and others to compare it with.
import { AutoSampler, PriorSampler, ProjectedSampler, TpeSampler } from '@goldilocks/study';
import { NearRecommendedSampler } from '../../packages/goldilocks/dist/search/near-recommended-sampler.js';
import { recommending } from '../multi-fidelity/ours.mjs';

const plain = ({ space }) => space;

export const samplers = {
  'tpe near recommended': {
    space: plain,
    make({ recommended, seed, trials }) {
      const count = Math.min(8, Math.max(3, Math.round(trials / 3)));
      const startupSampler = new NearRecommendedSampler({ recommended, seed, count });
      return new ProjectedSampler(new TpeSampler({ seed, startupTrials: count + 1, startupSampler }));
    },
  },
  'tpe with prior': {
    space: recommending,
    make: ({ seed }) => new ProjectedSampler(new TpeSampler({ seed, startupSampler: new PriorSampler({ seed }) })),
  },
  'auto with prior': { space: recommending, make: ({ seed }) => new ProjectedSampler(new AutoSampler({ seed })) },
  auto: { space: plain, make: ({ seed }) => new ProjectedSampler(new AutoSampler({ seed })) },
};
