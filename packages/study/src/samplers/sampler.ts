/** The contract that every sampler meets. `@goldilocks/study/testing` holds the suite that checks it. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import type { JsonValue } from '../json.js';
import type { Attributes, Direction, FinishedState, FrozenTrial, Params } from '../trial/frozen-trial.js';

/** What does not change about a study while it runs. */
export interface StudyInfo {
  readonly id: number;
  readonly name: string;
  readonly directions: readonly Direction[];
}

/** The trials of a study as of the moment the question is asked. */
export interface History {
  /** Every trial, in the order of their numbers. */
  readonly trials: readonly FrozenTrial[];
  /**
   * Finished trials in the order they became known. The same array each time, only ever appended to, so that a sampler
   * can keep what it computed and read on from where it was.
   */
  readonly finished: readonly FrozenTrial[];
  /** Running and waiting trials, in the order of their numbers. */
  readonly unfinished: readonly FrozenTrial[];
}

/** For which trial values are wanted, and what is known. */
export interface SamplingContext {
  readonly study: StudyInfo;
  readonly history: History;
  readonly trial: FrozenTrial;
  /** The whole space, when the trial was asked for with one. */
  readonly space?: SearchSpace;
}

export interface JointSample {
  /** Values by name; names of the space that are missing are sampled independently. */
  readonly params: Params;
  /**
   * Written to the trial's system attributes when its parameters are set one by one, to tell other processes of those
   * still to come.
   */
  readonly pendingAttributes?: Attributes;
}

type MaybePromise<T> = T | Promise<T>;

/**
 * Chooses parameters. For each trial, in this order: `beforeTrial`; `jointSpace`, then `sampleJointly` for what it named;
 * `sample` for each parameter that is asked for and was not sampled jointly; at the end `afterTrial`.
 *
 * A sampler reads the context, never a storage; what should be stored it returns. Given the same seed, trial number
 * and history it chooses the same values, whatever was asked before, so that a resumed study goes on as it would have.
 * Calls for one study do not overlap. It never changes what it is given.
 */
export interface Sampler {
  /** It chooses by the trial alone, so that `history` may be out of date and the study need not look at the storage. */
  readonly ignoresHistory?: boolean;
  /** System attributes to store with the new trial. */
  beforeTrial?(context: SamplingContext): MaybePromise<Attributes | undefined>;
  /** The parameters to sample together: some of those known from past trials or from `context.space`. */
  jointSpace?(context: SamplingContext): MaybePromise<SearchSpace>;
  sampleJointly?(context: SamplingContext, space: SearchSpace): MaybePromise<JointSample>;
  /** One value, which the distribution contains. */
  sample(context: SamplingContext, name: string, distribution: Distribution): MaybePromise<JsonValue>;
  /**
   * Called before a trial is stored as finished. `stop` ends the running `optimize`. Samplers without it spare the study a
   * look at the storage.
   */
  afterTrial?(
    context: SamplingContext,
    state: FinishedState,
    values: readonly number[] | null,
  ): MaybePromise<{ readonly systemAttributes?: Attributes; readonly stop?: boolean } | undefined>;
}
