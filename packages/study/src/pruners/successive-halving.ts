/**
 * Asynchronous successive halving (Li et al., arXiv:1810.05934) as in Optuna: at each rung a trial goes on only when
 * its value is among the best 1/η of those that reached the rung so far.
 */

import { InvalidOptionError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { type FrozenTrial, lastStep } from '../trial/frozen-trial.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';

export interface SuccessiveHalvingOptions {
  /** Steps to the lowest rung; `auto` takes a hundredth of the longest complete trial. Default `auto`. */
  readonly minResource?: number | 'auto';
  /** η: of so many trials one goes on; each rung is so many times longer. Default 4. */
  readonly reductionFactor?: number;
  /** Lowest rungs left out. Default 0. */
  readonly minEarlyStoppingRate?: number;
  /** Trials that must reach a rung before any passes it; those before are stopped. Default 0. */
  readonly bootstrapCount?: number;
}

export class SuccessiveHalvingPruner implements Pruner {
  readonly #minResource: number | 'auto';
  readonly #reductionFactor: number;
  readonly #minEarlyStoppingRate: number;
  readonly #bootstrapCount: number;

  /** @throws InvalidOptionError */
  constructor(options: SuccessiveHalvingOptions = {}) {
    this.#minResource = options.minResource ?? 'auto';
    this.#reductionFactor = options.reductionFactor ?? 4;
    this.#minEarlyStoppingRate = options.minEarlyStoppingRate ?? 0;
    this.#bootstrapCount = options.bootstrapCount ?? 0;
    if (this.#minResource !== 'auto') atLeast('minResource', this.#minResource, 1);
    atLeast('reductionFactor', this.#reductionFactor, 2);
    atLeast('minEarlyStoppingRate', this.#minEarlyStoppingRate, 0);
    atLeast('bootstrapCount', this.#bootstrapCount, 0);
    if (this.#bootstrapCount > 0 && this.#minResource === 'auto') {
      throw new InvalidOptionError('SuccessiveHalvingPruner: bootstrapCount needs minResource as a number, not auto.');
    }
  }

  decide({ trial, trials, direction }: PruningContext): PruningDecision {
    const step = lastStep(trial);
    const minResource = this.#minResource === 'auto' ? estimateMinResource(trials) : this.#minResource;
    if (step === null || minResource === null) return { prune: false };
    const value = trial.intermediateValues.get(step)!;
    const systemAttributes: Record<string, JsonValue> = {};
    for (let rung = nextRung(trial); ; rung++) {
      const rungStep = minResource * this.#reductionFactor ** (this.#minEarlyStoppingRate + rung);
      if (step < rungStep) return { prune: false, systemAttributes };
      if (Number.isNaN(value)) return { prune: true, systemAttributes };
      systemAttributes[rungKey(rung)] = value;
      const sign = direction === 'minimize' ? 1 : -1;
      const competing = [value, ...valuesAtRung(trials, trial, rung)].map((other) => sign * other);
      if (competing.length <= this.#bootstrapCount || !this.#isPromoted(sign * value, competing)) {
        return { prune: true, systemAttributes };
      }
    }
  }

  /** While fewer than η have come, the best of them goes on, since trials cannot be resumed later. */
  #isPromoted(value: number, competing: readonly number[]): boolean {
    const promoted = Math.max(1, Math.floor(competing.length / this.#reductionFactor));
    return value <= Float64Array.from(competing).sort()[promoted - 1]!;
  }
}

function estimateMinResource(trials: readonly FrozenTrial[]): number | null {
  let longest: number | null = null;
  for (const trial of trials) {
    const last = trial.state === 'COMPLETE' ? lastStep(trial) : null;
    if (last !== null && (longest === null || last > longest)) longest = last;
  }
  return longest === null ? null : Math.max(Math.floor(longest / 100), 1);
}

/** Optuna's key, so that both libraries see each other's rungs. */
function rungKey(rung: number): string {
  return `completed_rung_${rung}`;
}

function nextRung(trial: FrozenTrial): number {
  let rung = 0;
  while (rungKey(rung) in trial.systemAttributes) rung++;
  return rung;
}

function valuesAtRung(trials: readonly FrozenTrial[], except: FrozenTrial, rung: number): number[] {
  const key = rungKey(rung);
  return trials.flatMap((trial) => {
    const value = trial.number === except.number ? undefined : trial.systemAttributes[key];
    return typeof value === 'number' ? [value] : [];
  });
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InvalidOptionError(`SuccessiveHalvingPruner: ${name} is ${value}; give an integer of at least ${least}.`);
}
