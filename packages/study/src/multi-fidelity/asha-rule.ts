/** Asynchronous successive halving by pausing and promoting (Li et al., arXiv:1810.05934). */

import { InvalidOptionError } from '../errors.js';
import type { PausableTrial } from './pausable-trial.js';
import type { NextStep, PromotionRule, Situation } from './promotion-rule.js';

export interface AshaOptions {
  /** η: of so many trials at a rung one goes on. Default 3. */
  readonly reduction?: number;
}

export class AshaRule implements PromotionRule {
  readonly #reduction: number;

  /** @throws InvalidOptionError */
  constructor({ reduction = 3 }: AshaOptions = {}) {
    if (!(reduction > 1)) throw new InvalidOptionError(`AshaRule: reduction is ${reduction}; give a number > 1.`);
    this.#reduction = reduction;
  }

  /** Looks for a promotion from the top rung down; begins a trial where there is none. */
  next(situation: Situation): NextStep | null {
    const { shares, left, cost } = situation;
    const rungs = rungsOf(shares, this.#reduction);
    const step = (trial: PausableTrial): NextStep | null => {
      const to = rungs.find((rung) => rung > trial.share)!;
      return cost(trial.params, trial.share, to) <= left ? { type: 'continue', trial: trial.number, to } : null;
    };
    for (const trial of promotable(situation, this.#reduction)) {
      const promotion = step(trial);
      if (promotion) return promotion;
    }
    return canBegin(situation) ? { type: 'new' } : null;
  }
}

/** Whether another trial may begin, and a whole run of average cost fits: what begins and cannot end would be for nothing. */
export function canBegin({ trials, cost, mayStart, left }: Situation): boolean {
  const whole = trials.map(({ params }) => cost(params, 0, 1));
  return mayStart && whole.reduce((sum, each) => sum + each, 0) / Math.max(1, whole.length) <= left;
}

/** The shares from which one in η goes on: from the end down, each about an ηth of the one above. */
export function rungsOf(shares: readonly number[], reduction: number): number[] {
  const rungs = [shares.at(-1)!];
  for (const share of [...shares].reverse()) if (share <= (1.05 * rungs[0]!) / reduction) rungs.unshift(share);
  return rungs;
}

/** Paused trials among the best 1/η of all that came to their rung, from the highest rung down, the best first. */
export function promotable({ shares, trials, direction }: Situation, reduction = 3): PausableTrial[] {
  const rungs = rungsOf(shares, reduction);
  const sign = direction === 'minimize' ? 1 : -1;
  return rungs
    .slice(0, -1)
    .reverse()
    .flatMap((rung) => {
      const index = shares.indexOf(rung);
      const loss = ({ values }: PausableTrial) => sign * values[index]!;
      const reached = trials
        .filter(({ values }) => values[index] !== undefined)
        .sort((a, b) => compare(loss(a), loss(b)) || a.number - b.number);
      const best = reached.slice(0, Math.floor(reached.length / reduction));
      const above = rungs.find((other) => other > rung)!;
      return best.filter(({ state, share }) => state === 'paused' && share >= rung && share < above);
    });
}

/** NaN is the worst of all. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
