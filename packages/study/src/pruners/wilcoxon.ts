/**
 * Prunes a trial whose reports are significantly worse than the best trial's at the same steps, by a paired test: for
 * objectives that average over folds, seeds or examples, of which each is a step.
 */

import { InvalidOptionError } from '../errors.js';
import { wilcoxonGreater } from '../numerics/wilcoxon.js';
import { bestOf } from '../study/best-trials.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';

export interface WilcoxonOptions {
  /** Prune when the p-value is below, 0 to 1. The test is repeated at each step and not corrected for it. Default 0.1. */
  readonly pThreshold?: number;
  /** Shared steps before any trial is pruned; at least 2 are always needed. Default 2. */
  readonly startupSteps?: number;
}

/** Trials with NaN or infinite reports are never pruned, nor any while the best trial has some. */
export class WilcoxonPruner implements Pruner {
  readonly #pThreshold: number;
  readonly #startupSteps: number;

  /** @throws InvalidOptionError */
  constructor(options: WilcoxonOptions = {}) {
    const { pThreshold = 0.1, startupSteps = 2 } = options;
    if (!(pThreshold >= 0 && pThreshold <= 1))
      throw new InvalidOptionError(`WilcoxonPruner: pThreshold is ${pThreshold}; give a number from 0 to 1.`);
    if (!(startupSteps >= 0))
      throw new InvalidOptionError(`WilcoxonPruner: startupSteps is ${startupSteps}; give a number ≥ 0.`);
    this.#pThreshold = pThreshold;
    this.#startupSteps = Math.max(2, startupSteps);
  }

  decide({ trial, trials, direction }: PruningContext): PruningDecision {
    const best = bestOf(trials, direction);
    if (!best || !isFiniteAndReported(trial) || !isFiniteAndReported(best)) return { prune: false };
    const sign = direction === 'minimize' ? 1 : -1;
    const differences: number[] = [];
    for (const [step, value] of trial.intermediateValues) {
      const other = best.intermediateValues.get(step);
      if (other !== undefined) differences.push(sign * (value - other));
    }
    if (differences.length < this.#startupSteps || sign * (mean(trial) - mean(best)) <= 0) return { prune: false };
    return { prune: wilcoxonGreater(differences) < this.#pThreshold };
  }
}

function isFiniteAndReported({ intermediateValues }: FrozenTrial): boolean {
  return intermediateValues.size > 0 && [...intermediateValues.values()].every(Number.isFinite);
}

function mean({ intermediateValues }: FrozenTrial): number {
  let sum = 0;
  for (const value of intermediateValues.values()) sum += value;
  return sum / intermediateValues.size;
}
