// Keeps a sampler to the choices that a person has left.
import {
  type Distribution,
  type JsonValue,
  RandomGenerator,
  type Sampler,
  type SamplingContext,
  type SearchSpace,
} from '@goldilocks/study';

/**
 * A study's tables keep one list of choices for a name, so what is excluded stays in the distribution; where `inner` takes it
 * nevertheless, one of the others is drawn in its place.
 */
export class AllowedSampler implements Sampler {
  constructor(
    private readonly inner: Sampler,
    private readonly allowed: (name: string) => readonly JsonValue[] | undefined,
    private readonly seed: number,
  ) {}

  beforeTrial(context: SamplingContext) {
    return this.inner.beforeTrial?.(context);
  }

  jointSpace(context: SamplingContext) {
    return this.inner.jointSpace?.(context) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace) {
    const joint = (await this.inner.sampleJointly?.(context, space)) ?? { params: {} };
    const entries = Object.entries(joint.params).map(([name, value]) => [name, this.#kept(context, name, value)]);
    return { ...joint, params: Object.fromEntries(entries) };
  }

  async sample(context: SamplingContext, name: string, distribution: Distribution) {
    return this.#kept(context, name, await this.inner.sample(context, name, distribution));
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.inner.afterTrial?.bind(this.inner);
  }

  #kept({ trial }: SamplingContext, name: string, value: JsonValue): JsonValue {
    const allowed = this.allowed(name);
    if (allowed === undefined || allowed.includes(value)) return value;
    return allowed[RandomGenerator.of(this.seed, 'allowed', name, trial.number).integer(allowed.length)]!;
  }
}
