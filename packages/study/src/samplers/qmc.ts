/** Quasi-Monte-Carlo search: points of a randomly shifted Sobol sequence, which cover a space more evenly than chance. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { fromUnit, isSingle } from '../distributions/representation.js';
import type { JsonValue } from '../json.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import { SOBOL_DIMENSIONS, sobol } from '../numerics/sobol.js';
import { intersectionSearchSpace } from '../search-space/intersection.js';
import { RandomSampler } from './random.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

/**
 * Point `n` of the sequence is trial `n`'s. The space is the one a trial is asked with; where trials set their
 * parameters one by one, it is that of the first complete trial, and what is not in it is sampled at random.
 */
export class QmcSampler implements Sampler {
  readonly #seed: number;
  readonly #random: RandomSampler;

  constructor(options: { readonly seed?: number } = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#random = new RandomSampler({ seed: this.#seed });
  }

  jointSpace({ space, history }: SamplingContext): SearchSpace {
    const first = history.finished.find(({ state }) => state === 'COMPLETE');
    const entries = Object.entries(space ?? intersectionSearchSpace(first ? [first] : []));
    const searched = entries.filter(([, distribution]) => !isSingle(distribution)).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(searched.slice(0, SOBOL_DIMENSIONS));
  }

  sampleJointly({ trial }: SamplingContext, space: SearchSpace): JointSample {
    const values = Object.entries(space).map(([name, distribution], dimension) => {
      const shift = RandomGenerator.of(this.#seed, 'sobol', name).nextUint32();
      return [name, fromUnit(distribution, sobol(trial.number, dimension, shift))];
    });
    return { params: Object.fromEntries(values) };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#random.sample(context, name, distribution);
  }
}
