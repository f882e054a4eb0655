/** The contract that every pruner meets. `@goldilocks/study/testing` holds the suite that checks it. */

import type { Attributes, Direction, FrozenTrial } from '../trial/frozen-trial.js';

/** The running trial and the others of its study, in the order of their numbers; the trial itself is among them. */
export interface PruningContext {
  readonly studyName: string;
  readonly direction: Direction;
  readonly trial: FrozenTrial;
  readonly trials: readonly FrozenTrial[];
}

export interface PruningDecision {
  readonly prune: boolean;
  /** To be stored with the trial, whatever the decision, before it is acted on. */
  readonly systemAttributes?: Attributes;
}

/**
 * Decides whether a trial should stop, from its reports and those of others: a pure function of the context, so that
 * every process decides alike. A trial that has reported nothing is never pruned.
 */
export interface Pruner {
  decide(context: PruningContext): PruningDecision;
}
