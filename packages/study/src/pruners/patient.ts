/** Lets a trial go on for some reports without improvement before another pruner may stop it. */

import { InvalidOptionError } from '../errors.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';

export interface PatientOptions {
  /** Reports without improvement that are forgiven. */
  readonly patience: number;
  /** Improvements smaller than this count as none. Default 0. */
  readonly minDelta?: number;
}

export class PatientPruner implements Pruner {
  readonly #wrapped: Pruner | null;
  readonly #patience: number;
  readonly #minDelta: number;

  /**
   * @param wrapped decides once patience is at its end; null stops the trial then, as early stopping does
   * @throws InvalidOptionError
   */
  constructor(wrapped: Pruner | null, options: PatientOptions) {
    const { patience, minDelta = 0 } = options;
    if (!(Number.isInteger(patience) && patience >= 0))
      throw new InvalidOptionError(`PatientPruner: patience is ${patience}; give an integer ≥ 0.`);
    if (!(minDelta >= 0)) throw new InvalidOptionError(`PatientPruner: minDelta is ${minDelta}; give a number ≥ 0.`);
    this.#wrapped = wrapped;
    this.#patience = patience;
    this.#minDelta = minDelta;
  }

  decide(context: PruningContext): PruningDecision {
    const { trial, direction } = context;
    const sign = direction === 'minimize' ? 1 : -1;
    const reports = [...trial.intermediateValues].sort(([a], [b]) => a - b).map(([, value]) => sign * value);
    const early = reports.length - this.#patience - 1;
    if (early <= 0) return { prune: false };
    const before = lowest(reports.slice(0, early));
    const after = lowest(reports.slice(early));
    if (!(before + this.#minDelta < after)) return { prune: false };
    return this.#wrapped ? this.#wrapped.decide(context) : { prune: true };
  }
}

/** The smallest number, NaN left out; NaN when nothing else is there. */
function lowest(values: readonly number[]): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? Number.NaN : Math.min(...numbers);
}
