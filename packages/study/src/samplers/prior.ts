/**
 * A start that wastes nothing: the recommended setting first, then Sobol points through what the distributions say is
 * likely (see `recommended`); without recommendations, plain Sobol points.
 */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { hasPrior, priorQuantile } from '../distributions/prior.js';
import { fromUnit, toInternal } from '../distributions/representation.js';
import { type JsonValue, jsonEqual, own } from '../json.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import { SOBOL_DIMENSIONS, sobol } from '../numerics/sobol.js';
import { intersectionSearchSpace } from '../search-space/intersection.js';
import { searchable } from '../search-space/searchable.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

export class PriorSampler implements Sampler {
  readonly #seed: number;

  constructor(options: { readonly seed?: number } = {}) {
    this.#seed = options.seed ?? randomSeed();
  }

  jointSpace({ space, history }: SamplingContext): SearchSpace {
    const first = history.finished.find(({ state }) => state === 'COMPLETE');
    return searchable(space ?? intersectionSearchSpace(first ? [first] : []));
  }

  sampleJointly(context: SamplingContext, space: SearchSpace): JointSample {
    const takesRecommended = isRecommendationUntried(context, space);
    const values = Object.entries(space).map(([name, distribution], dimension) => {
      if (takesRecommended && hasPrior(distribution)) return [name, distribution.recommended!];
      return [name, fromUnit(distribution, priorQuantile(distribution, this.#share(context, dimension, name)))];
    });
    return { params: Object.fromEntries(values) };
  }

  sample({ trial }: SamplingContext, name: string, distribution: Distribution): JsonValue {
    if (trial.number === 0 && hasPrior(distribution)) return distribution.recommended!;
    const u = RandomGenerator.of(this.#seed, trial.number, name).uniform();
    return fromUnit(distribution, priorQuantile(distribution, u));
  }

  #share({ trial }: SamplingContext, dimension: number, name: string): number {
    if (dimension >= SOBOL_DIMENSIONS) return RandomGenerator.of(this.#seed, trial.number, name).uniform();
    return sobol(trial.number, dimension, RandomGenerator.of(this.#seed, 'sobol', name).nextUint32());
  }
}

/** Whether there is a recommended setting that no other trial has, had or is enqueued to have. */
function isRecommendationUntried({ history, trial }: SamplingContext, space: SearchSpace): boolean {
  const recommended = Object.entries(space).filter(([, distribution]) => hasPrior(distribution));
  if (recommended.length === 0) return false;
  return !history.trials.some(
    (other) =>
      other.number !== trial.number &&
      recommended.every(([name, distribution]) => {
        const value = own(other.params, name);
        return value !== undefined && isSame(name, distribution, value);
      }),
  );
}

function isSame(name: string, distribution: Distribution, value: JsonValue): boolean {
  if (distribution.type === 'categorical') return jsonEqual(value, distribution.recommended!);
  return typeof value === 'number' && toInternal(name, distribution, value) === distribution.recommended;
}
