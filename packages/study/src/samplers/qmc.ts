/** Quasi-Monte-Carlo search: points of a randomised Sobol or Halton sequence, which cover a space more evenly than chance. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { fromUnit, isSingle } from '../distributions/representation.js';
import { InvalidOptionError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { digitPermutations, halton } from '../numerics/halton.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import { SOBOL_DIMENSIONS, sobol } from '../numerics/sobol.js';
import { intersectionSearchSpace } from '../search-space/intersection.js';
import { RandomSampler } from './random.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

export interface QmcOptions {
  readonly seed?: number;
  /** Sobol's points are more even, best at counts that are powers of two; Halton's have no such preference. Default `sobol`. */
  readonly sequence?: 'sobol' | 'halton';
}

/**
 * Point `n` of the sequence is trial `n`'s. The space is the one a trial is asked with; where trials set their
 * parameters one by one, it is that of the first complete trial, and what is not in it is sampled at random.
 */
export class QmcSampler implements Sampler {
  readonly #seed: number;
  readonly #sequence: 'sobol' | 'halton';
  readonly #random: RandomSampler;

  /** @throws InvalidOptionError */
  constructor(options: QmcOptions = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#sequence = options.sequence ?? 'sobol';
    if (this.#sequence !== 'sobol' && this.#sequence !== 'halton')
      throw new InvalidOptionError(`QmcSampler: sequence is '${this.#sequence}'; give 'sobol' or 'halton'.`);
    this.#random = new RandomSampler({ seed: this.#seed });
  }

  jointSpace({ space, history }: SamplingContext): SearchSpace {
    const first = history.finished.find(({ state }) => state === 'COMPLETE');
    const entries = Object.entries(space ?? intersectionSearchSpace(first ? [first] : []));
    const searched = entries.filter(([, distribution]) => !isSingle(distribution)).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(this.#sequence === 'sobol' ? searched.slice(0, SOBOL_DIMENSIONS) : searched);
  }

  sampleJointly({ trial }: SamplingContext, space: SearchSpace): JointSample {
    const values = Object.entries(space).map(([name, distribution], dimension) => [
      name,
      fromUnit(distribution, this.#coordinate(trial.number, dimension, name)),
    ]);
    return { params: Object.fromEntries(values) };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#random.sample(context, name, distribution);
  }

  #coordinate(index: number, dimension: number, name: string): number {
    const random = RandomGenerator.of(this.#seed, this.#sequence, name);
    return this.#sequence === 'sobol'
      ? sobol(index, dimension, random.nextUint32())
      : halton(index, dimension, digitPermutations(dimension, random));
  }
}
