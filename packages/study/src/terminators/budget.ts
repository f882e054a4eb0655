/** Stops when so many trials have ended, or so much time was spent in them. */

import { InvalidOptionError } from '../errors.js';
import { type FinishedState, isFinished, type TrialState } from '../trial/frozen-trial.js';
import type { Termination, TerminationContext, Terminator } from './terminator.js';

export interface BudgetOptions {
  /** Finished trials of the whole study, whoever ran them. Default: no limit. */
  readonly trials?: number;
  /** Which of them count towards `trials`, e.g. only complete ones. Default: all, failed ones included. */
  readonly states?: readonly FinishedState[];
  /** Minutes spent in finished trials, added up over workers and restarts. Default: no limit. */
  readonly minutes?: number;
}

/** Unlike the limits of `optimize`, this one counts what earlier runs and other processes did. */
export class BudgetTerminator implements Terminator {
  readonly #trials: number;
  readonly #minutes: number;
  readonly #states: readonly TrialState[] | null;
  readonly severalObjectives = true;

  /** @throws InvalidOptionError */
  constructor(options: BudgetOptions) {
    this.#trials = options.trials ?? Number.POSITIVE_INFINITY;
    this.#minutes = options.minutes ?? Number.POSITIVE_INFINITY;
    this.#states = options.states ?? null;
    if (!(this.#trials > 0 && this.#minutes > 0) || (options.trials === undefined && options.minutes === undefined)) {
      throw new InvalidOptionError(
        `BudgetTerminator: trials is ${options.trials} and minutes ${options.minutes}; give at least one, above 0.`,
      );
    }
  }

  /** The improvement is the share of the budget that is left. */
  decide({ trials }: TerminationContext): Termination {
    const finished = trials.filter(({ state }) => isFinished(state));
    let spent = 0;
    for (const { startedAt, completedAt } of finished) {
      if (startedAt && completedAt) spent += Math.max(0, completedAt.getTime() - startedAt.getTime());
    }
    const counted = this.#states ? finished.filter(({ state }) => this.#states!.includes(state)) : finished;
    const left = Math.min(1 - counted.length / this.#trials, 1 - spent / 60_000 / this.#minutes);
    return { stop: left <= 0, improvement: Math.max(0, left), bar: 0 };
  }
}
