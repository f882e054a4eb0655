/** Lets any sampler learn from trials that wait at a share of their schedule, and from failed ones. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import type { History, Sampler, SamplingContext } from '../samplers/sampler.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { readPausable } from './pausable-trial.js';
import { projectValues } from './projection.js';
import { checkShares, DEFAULT_SHARES } from './shares.js';

export interface ProjectedOptions {
  /** Those of the search. Default 1/9, 1/3, 1. */
  readonly shares?: readonly number[];
}

/**
 * Shows `inner` every trial that has a value as if it were complete, with the value it is projected to end with. Samplers
 * rank complete trials before all others; here a trial is complete because it was early or promoted, which must not
 * count. For one objective.
 */
export class ProjectedSampler implements Sampler {
  readonly #inner: Sampler;
  readonly #shares: readonly number[];

  /** @throws InvalidOptionError */
  constructor(inner: Sampler, { shares = DEFAULT_SHARES }: ProjectedOptions = {}) {
    this.#inner = inner;
    this.#shares = checkShares(shares);
  }

  beforeTrial(context: SamplingContext) {
    return this.#inner.beforeTrial?.(this.#projected(context));
  }

  jointSpace(context: SamplingContext) {
    return this.#inner.jointSpace?.(this.#projected(context)) ?? {};
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace) {
    return (await this.#inner.sampleJointly?.(this.#projected(context), space)) ?? { params: {} };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution) {
    return this.#inner.sample(this.#projected(context), name, distribution);
  }

  get afterTrial(): Sampler['afterTrial'] {
    const inner = this.#inner;
    return inner.afterTrial && ((context, ...rest) => inner.afterTrial!(this.#projected(context), ...rest));
  }

  #projected(context: SamplingContext): SamplingContext {
    const direction = context.study.directions[0]!;
    return { ...context, history: projectedHistory(context.history, this.#shares, direction) };
  }
}

/** The trials as `ProjectedSampler` shows them. */
export function projectedHistory(
  history: Pick<History, 'trials'>,
  shares: readonly number[] = DEFAULT_SHARES,
  direction: Direction = 'minimize',
): History {
  const projected = projectValues(
    history.trials.map((trial) => readPausable(trial, shares)),
    shares.length,
    direction,
  );
  const trials = history.trials.map((trial) => asComplete(trial, projected.get(trial.number)));
  const isUnfinished = ({ state }: FrozenTrial) => state === 'RUNNING' || state === 'WAITING';
  return {
    trials,
    finished: trials.filter((trial) => !isUnfinished(trial)),
    unfinished: trials.filter(isUnfinished),
  };
}

function asComplete(trial: FrozenTrial, value: number | undefined): FrozenTrial {
  return value === undefined ? trial : { ...trial, state: 'COMPLETE', values: [value] };
}
