// Lets a sampler learn from trials that failed because of their settings.
import { FAILURE_KEY, type FrozenTrial, type History, type Sampler, type SamplingContext } from '@goldilocks/study';

type Space = Parameters<NonNullable<Sampler['sampleJointly']>>[1];
type SampleRest = [Parameters<Sampler['sample']>[1], Parameters<Sampler['sample']>[2]];

/** Too large for the memory, diverged, or too slow: the same place would end in the same way. */
const ownFault = /^(out-of-memory|diverged|timeout)\b/;

/**
 * Samplers leave failed trials out, and would go on asking for a rate that diverges or a batch that does not fit. Here they
 * see such trials as pruned before any report, which counts as worse than every other.
 */
export class LearningFromFailures implements Sampler {
  readonly #inner: Sampler;
  /** What was shown for each list of finished trials: grown with it, since samplers read on from where they were. */
  readonly #shown = new WeakMap<readonly FrozenTrial[], FrozenTrial[]>();

  constructor(inner: Sampler) {
    this.#inner = inner;
  }

  beforeTrial(context: SamplingContext) {
    return this.#inner.beforeTrial?.(this.#seen(context));
  }

  jointSpace(context: SamplingContext) {
    return this.#inner.jointSpace?.(this.#seen(context)) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: Space) {
    return (await this.#inner.sampleJointly?.(this.#seen(context), space)) ?? { params: {} };
  }

  sample(context: SamplingContext, ...rest: SampleRest) {
    return this.#inner.sample(this.#seen(context), ...rest);
  }

  get afterTrial(): Sampler['afterTrial'] {
    const inner = this.#inner;
    return inner.afterTrial && ((context, ...rest) => inner.afterTrial!(this.#seen(context), ...rest));
  }

  #seen(context: SamplingContext): SamplingContext {
    return { ...context, history: this.#history(context.history) };
  }

  #history({ trials, finished, unfinished }: History): History {
    const shown = this.#shown.get(finished) ?? [];
    this.#shown.set(finished, shown);
    for (let i = shown.length; i < finished.length; i++) shown.push(asPruned(finished[i]!));
    return { trials: trials.map(asPruned), finished: shown, unfinished };
  }
}

function asPruned(trial: FrozenTrial): FrozenTrial {
  const reason = trial.systemAttributes[FAILURE_KEY];
  if (trial.state !== 'FAIL' || typeof reason !== 'string' || !ownFault.test(reason)) return trial;
  return { ...trial, state: 'PRUNED', values: null, intermediateValues: new Map() };
}
