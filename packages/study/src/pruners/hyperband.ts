/**
 * Hyperband (Li et al., JMLR 18, 2018) as in Optuna: several asynchronous successive halvings, from eager to patient, among
 * which trials are divided by a hash of their number, so that no single choice of the lowest rung decides all.
 */

import { crc32 } from 'node:zlib';
import { InvalidOptionError } from '../errors.js';
import { type FrozenTrial, lastStep } from '../trial/frozen-trial.js';
import type { Pruner, PruningContext, PruningDecision } from './pruner.js';
import { SuccessiveHalvingPruner } from './successive-halving.js';

export interface HyperbandOptions {
  /** Steps to the lowest rung of the most eager bracket. Default 1. */
  readonly minResource?: number;
  /** Steps of a whole trial; `auto` takes those of the trial that completed first, and prunes none before. Default `auto`. */
  readonly maxResource?: number | 'auto';
  /** η: of so many trials one goes on; each rung is so many times longer. Default 3. */
  readonly reductionFactor?: number;
  /** Trials that must reach a rung before any passes it. Needs `maxResource` as a number. Default 0. */
  readonly bootstrapCount?: number;
}

export class HyperbandPruner implements Pruner {
  readonly #minResource: number;
  readonly #maxResource: number | 'auto';
  readonly #reductionFactor: number;
  readonly #bootstrapCount: number;

  /** @throws InvalidOptionError */
  constructor(options: HyperbandOptions = {}) {
    this.#minResource = atLeast('minResource', options.minResource ?? 1, 1);
    this.#reductionFactor = atLeast('reductionFactor', options.reductionFactor ?? 3, 2);
    this.#bootstrapCount = atLeast('bootstrapCount', options.bootstrapCount ?? 0, 0);
    this.#maxResource = options.maxResource ?? 'auto';
    if (this.#maxResource !== 'auto') atLeast('maxResource', this.#maxResource, this.#minResource);
    else if (this.#bootstrapCount > 0)
      throw new InvalidOptionError('HyperbandPruner: bootstrapCount needs maxResource as a number, not auto.');
  }

  decide(context: PruningContext): PruningDecision {
    const maxResource = this.#maxResource === 'auto' ? firstLength(context.trials) : this.#maxResource;
    if (maxResource === null || maxResource < this.#minResource) return { prune: false };
    const shares = this.#shares(maxResource);
    const own = bracketOf(context.studyName, context.trial, shares);
    const trials = context.trials.filter((trial) => bracketOf(context.studyName, trial, shares) === own);
    const halving = new SuccessiveHalvingPruner({
      minResource: this.#minResource,
      reductionFactor: this.#reductionFactor,
      minEarlyStoppingRate: own,
      bootstrapCount: this.#bootstrapCount,
    });
    return halving.decide({ ...context, trials });
  }

  /** How many trials each bracket takes of a round, the most eager one first. */
  #shares(maxResource: number): number[] {
    const brackets = Math.floor(Math.log(maxResource / this.#minResource) / Math.log(this.#reductionFactor)) + 1;
    return Array.from({ length: brackets }, (_, bracket) => {
      const rungs = brackets - bracket;
      return Math.ceil((brackets * this.#reductionFactor ** (rungs - 1)) / rungs);
    });
  }
}

/** The same for both libraries, and for every process. */
function bracketOf(studyName: string, { number }: FrozenTrial, shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let rest = crc32(`${studyName}_${number}`) % total;
  return shares.findIndex((share) => (rest -= share) < 0);
}

/** Steps, counted from 0, of the complete trial that was there first. */
function firstLength(trials: readonly FrozenTrial[]): number | null {
  let first: FrozenTrial | undefined;
  for (const trial of trials) {
    if (trial.state !== 'COMPLETE' || lastStep(trial) === null) continue;
    if (!first || (trial.completedAt?.getTime() ?? 0) < (first.completedAt?.getTime() ?? 0)) first = trial;
  }
  return first ? lastStep(first)! + 1 : null;
}

function atLeast(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new InvalidOptionError(`HyperbandPruner: ${name} is ${value}; give an integer of at least ${least}.`);
}
