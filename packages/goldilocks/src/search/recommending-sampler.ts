// Tells another sampler what is recommended, as the prior of each distribution that has that value.
import {
  type Distribution,
  type JsonValue,
  movedInto,
  type Params,
  recommending,
  type Sampler,
  type SamplingContext,
  type SearchSpace,
} from '@goldilocks/study';

export class RecommendingSampler implements Sampler {
  readonly #inner: Sampler;
  readonly #recommended: Params;

  constructor(inner: Sampler, recommended: Params) {
    this.#inner = inner;
    this.#recommended = recommended;
  }

  beforeTrial(context: SamplingContext) {
    return this.#inner.beforeTrial?.(this.#told(context));
  }

  jointSpace(context: SamplingContext) {
    return this.#inner.jointSpace?.(this.#told(context)) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace) {
    const told = this.#told({ ...context, space });
    return (await this.#inner.sampleJointly?.(told, told.space!)) ?? { params: {} };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution) {
    return this.#inner.sample(this.#told(context), name, this.#withPrior(name, distribution));
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.#inner.afterTrial?.bind(this.#inner);
  }

  #told(context: SamplingContext): SamplingContext {
    if (!context.space) return context;
    const space = Object.entries(context.space).map(([name, one]) => [name, this.#withPrior(name, one)]);
    return { ...context, space: Object.fromEntries(space) };
  }

  /** Ranges may be changed while a search runs: what they no longer hold is not recommended. */
  #withPrior(name: string, distribution: Distribution): Distribution {
    const recommended: JsonValue | undefined = this.#recommended[name];
    if (recommended === undefined) return distribution;
    const nearest = movedInto({ [name]: distribution }, { [name]: recommended })?.[name];
    return isSame(nearest, recommended) ? recommending(distribution, { recommended }) : distribution;
  }
}

/** Up to what taking a logarithm and back loses. */
function isSame(a: JsonValue | undefined, b: JsonValue): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= 1e-12 * Math.abs(b);
}
