/** When to stop a study: the contract of every terminator, and the callback that acts on one. */

import { UnsupportedError } from '../errors.js';
import type { Callback } from '../study/optimize.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

export interface TerminationContext {
  /** All trials of the study, in the order of their numbers. */
  readonly trials: readonly FrozenTrial[];
  /** Of the first objective. */
  readonly direction: Direction;
}

export interface Termination {
  readonly stop: boolean;
  /** What is still to be gained, or left of a budget, and below which value of it the study stops. NaN: not known yet. */
  readonly improvement: number;
  readonly bar: number;
}

/** Decides from the trials alone, so that every process decides alike, and does not change them. */
export interface Terminator {
  /** Whether it may be asked about a study of several objectives. Default false. */
  readonly severalObjectives?: boolean;
  decide(context: TerminationContext): Termination;
}

/** Not enough is known to stop. */
export const UNDECIDED: Termination = { stop: false, improvement: Number.NaN, bar: Number.NaN };

/**
 * A callback for `study.optimize` that ends it when any of the terminators says so.
 * @throws UnsupportedError, from the callback, when the study has several objectives and a terminator is for one
 */
export function stopWhen(...terminators: readonly Terminator[]): Callback {
  return async (study) => {
    const [direction, second] = study.directions;
    const unfit = second && terminators.find(({ severalObjectives }) => !severalObjectives);
    if (unfit) {
      throw new UnsupportedError(
        `${unfit.constructor.name} judges one objective; study '${study.name}' has ${study.directions.length}. Use BudgetTerminator.`,
      );
    }
    const context = { trials: await study.trials(), direction: direction! };
    if (terminators.some((terminator) => terminator.decide(context).stop)) study.stop();
  };
}
