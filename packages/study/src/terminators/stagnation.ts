/** Stops when the best value has not improved for a number of trials. */

import { InvalidOptionError } from '../errors.js';
import type { Termination, TerminationContext, Terminator } from './terminator.js';
import { UNDECIDED } from './terminator.js';

export class StagnationTerminator implements Terminator {
  readonly #patience: number;

  /**
   * @param options `trials`: complete trials without improvement, after which one more is too many; default 30
   * @throws InvalidOptionError
   */
  constructor(options: { readonly trials?: number } = {}) {
    this.#patience = options.trials ?? 30;
    if (!(this.#patience >= 0))
      throw new InvalidOptionError(`StagnationTerminator: trials is ${this.#patience}; give a number ≥ 0.`);
  }

  /** The improvement is the number of further trials without improvement that are forgiven. */
  decide({ trials, direction }: TerminationContext): Termination {
    const sign = direction === 'minimize' ? 1 : -1;
    const losses = trials.filter(({ state }) => state === 'COMPLETE').map(({ values }) => sign * values![0]!);
    if (losses.length === 0) return UNDECIDED;
    let best = 0;
    for (const [i, loss] of losses.entries()) if (loss < losses[best]!) best = i;
    const left = this.#patience - (losses.length - 1 - best);
    return { stop: left < 0, improvement: left, bar: 0 };
  }
}
