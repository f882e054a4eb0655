/** When to stop a study: the contract of every terminator, and the callback that acts on one. */

import type { Callback } from '../study/optimize.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

export interface TerminationContext {
  /** All trials of the study, in the order of their numbers. */
  readonly trials: readonly FrozenTrial[];
  readonly direction: Direction;
}

export interface Termination {
  readonly stop: boolean;
  /** What is still to be gained, or left of a budget, and below which value of it the study stops. NaN: not known yet. */
  readonly improvement: number;
  readonly bar: number;
}

/** Decides from the trials alone, so that every process decides alike. Not for several objectives. */
export interface Terminator {
  decide(context: TerminationContext): Termination;
}

/** Not enough is known to stop. */
export const UNDECIDED: Termination = { stop: false, improvement: Number.NaN, bar: Number.NaN };

/** A callback for `study.optimize` that ends it when any of the terminators says so. */
export function stopWhen(...terminators: readonly Terminator[]): Callback {
  return async (study) => {
    const context = { trials: await study.trials(), direction: study.directions[0]! };
    if (terminators.some((terminator) => terminator.decide(context).stop)) study.stop();
  };
}
