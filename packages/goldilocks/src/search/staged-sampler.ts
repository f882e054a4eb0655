// Lets a sampler learn from paused and failed trials too, on the scale of the complete ones.
import type { FrozenTrial, History, Sampler, SamplingContext } from '@goldilocks/study';
import { projectValues } from './projection.js';
import { readTrial } from './search-trial.js';

/**
 * Shows `inner` every trial that has a value as if it were complete, with the value it is projected to end with. Samplers
 * rank complete trials before all others; here a trial is complete because it was early or promoted, which must not count.
 */
export class StagedSampler implements Sampler {
  constructor(private readonly inner: Sampler) {}

  beforeTrial(context: SamplingContext) {
    return this.inner.beforeTrial?.(staged(context));
  }

  jointSpace(context: SamplingContext) {
    return this.inner.jointSpace?.(staged(context)) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: Parameters<NonNullable<Sampler['sampleJointly']>>[1]) {
    return (await this.inner.sampleJointly?.(staged(context), space)) ?? { params: {} };
  }

  sample(context: SamplingContext, ...rest: [Parameters<Sampler['sample']>[1], Parameters<Sampler['sample']>[2]]) {
    return this.inner.sample(staged(context), ...rest);
  }
}

function staged(context: SamplingContext): SamplingContext {
  return { ...context, history: stagedHistory(context.history) };
}

export function stagedHistory(history: History): History {
  const projected = projectValues(history.trials.map(readTrial));
  const trials = history.trials.map((trial) => asComplete(trial, projected.get(trial.number)));
  const finished = trials.filter(({ state }) => state !== 'RUNNING' && state !== 'WAITING');
  const unfinished = trials.filter(({ state }) => state === 'RUNNING' || state === 'WAITING');
  return { trials, finished, unfinished };
}

function asComplete(trial: FrozenTrial, value: number | undefined): FrozenTrial {
  if (value === undefined) return trial;
  return { ...trial, state: 'COMPLETE', values: [value] };
}
