/** Random search: every value equally likely, in the logarithm where the distribution says so. */

import type { Distribution } from '../distributions/distribution.js';
import { fromUnit } from '../distributions/representation.js';
import type { JsonValue } from '../json.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import type { Sampler, SamplingContext } from './sampler.js';

export class RandomSampler implements Sampler {
  readonly ignoresHistory = true;
  readonly #seed: number;

  constructor(options: { readonly seed?: number } = {}) {
    this.#seed = options.seed ?? randomSeed();
  }

  sample({ trial }: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return fromUnit(distribution, RandomGenerator.of(this.#seed, trial.number, name).uniform());
  }
}
