// The study's sampler and pruner by their names.
import {
  AutoSampler,
  CmaSampler,
  GpSampler,
  HyperbandPruner,
  MedianPruner,
  NonePruner,
  Nsga2Sampler,
  type Pruner,
  QmcSampler,
  RandomSampler,
  type Sampler,
  SuccessiveHalvingPruner,
  TpeSampler,
} from '@goldilocks/study';
import { LearningFromFailures } from './learning-from-failures.js';
import type { PrunerName, SamplerName } from './options.js';

/** Reproducible from its seed. It avoids what diverged or did not fit into memory. */
export function samplerOf(name: SamplerName, seed: number): Sampler {
  return new LearningFromFailures(ownSamplerOf(name, seed));
}

function ownSamplerOf(name: SamplerName, seed: number): Sampler {
  switch (name) {
    case 'auto':
      return new AutoSampler({ seed });
    case 'tpe':
      return new TpeSampler({ seed, group: true, constantLiar: true });
    case 'gp':
      return new GpSampler({ seed });
    case 'cma':
      return new CmaSampler({ seed });
    case 'random':
      return new RandomSampler({ seed });
    case 'qmc':
      return new QmcSampler({ seed });
    case 'nsga2':
      return new Nsga2Sampler({ seed });
  }
}

/** Of few trials a quarter may prune the others; before that there is nothing to compare with. */
const STARTUP_TRIALS = 4;

export function prunerOf(name: PrunerName): Pruner {
  switch (name) {
    case 'median':
      return new MedianPruner({ startupTrials: STARTUP_TRIALS });
    case 'asha':
      return new SuccessiveHalvingPruner();
    case 'hyperband':
      return new HyperbandPruner();
    case 'none':
      return new NonePruner();
  }
}
