/** Holds some parameters at given values and lets another sampler choose the rest, e.g. to refine around a best trial. */

import { contains, type Distribution, type SearchSpace } from '../distributions/distribution.js';
import { toInternal } from '../distributions/representation.js';
import { InvalidParameterError } from '../errors.js';
import { freezeJson, type JsonObject, type JsonValue } from '../json.js';
import type { Attributes, Params } from '../trial/frozen-trial.js';
import { FIXED_PARAMS_KEY } from '../trial/trial.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

export class PartialFixedSampler implements Sampler {
  readonly #fixed: JsonObject;
  readonly #base: Sampler;

  /**
   * @param fixed values by name; what is enqueued with a trial goes before them
   * @param base chooses all other parameters
   */
  constructor(fixed: Params, base: Sampler) {
    this.#fixed = freezeJson({ ...fixed });
    this.#base = base;
  }

  beforeTrial(context: SamplingContext) {
    return this.#base.beforeTrial?.(context);
  }

  async jointSpace(context: SamplingContext): Promise<SearchSpace> {
    const space = (await this.#base.jointSpace?.(context)) ?? {};
    return Object.fromEntries(Object.entries(space).filter(([name]) => !Object.hasOwn(this.#fixed, name)));
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace): Promise<JointSample> {
    return (await this.#base.sampleJointly?.(this.#told(context), space)) ?? { params: {} };
  }

  /** @throws InvalidParameterError when the fixed value is not one of the distribution's */
  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue | Promise<JsonValue> {
    if (!Object.hasOwn(this.#fixed, name)) return this.#base.sample(this.#told(context), name, distribution);
    const value = this.#fixed[name]!;
    if (contains(distribution, toInternal(name, distribution, value))) return value;
    throw new InvalidParameterError(
      `PartialFixedSampler: '${name}' is fixed at ${JSON.stringify(value)}, which is outside the range it is asked for with.`,
    );
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.#base.afterTrial?.bind(this.#base);
  }

  /** The context as if the fixed values had been enqueued, for samplers that look ahead. */
  #told(context: SamplingContext): SamplingContext {
    const { trial } = context;
    const enqueued = trial.systemAttributes[FIXED_PARAMS_KEY] as JsonObject | undefined;
    const systemAttributes: Attributes = {
      ...trial.systemAttributes,
      [FIXED_PARAMS_KEY]: { ...this.#fixed, ...enqueued },
    };
    return { ...context, trial: { ...trial, systemAttributes } };
  }
}
