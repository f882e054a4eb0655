/**
 * Shares of a trial's own schedule, at which it is measured, compared and may pause. A decaying learning rate makes equal
 * numbers of steps unfair, as a longer run is still at a high rate where a shorter one has settled; equal shares compare
 * like with like.
 */

import { InvalidOptionError } from '../errors.js';

/** One survivor in three goes on, from a ninth of the schedule at the earliest. */
export const DEFAULT_SHARES: readonly number[] = [1 / 9, 1 / 3, 1];

/** Reports are stored under thousandths of the schedule, as Optuna's steps are integers. */
const STEPS_PER_SCHEDULE = 1000;

export function stepOfShare(share: number): number {
  return Math.round(STEPS_PER_SCHEDULE * share);
}

/** How many of the shares lie at or below the step. */
export function sharesUpTo(shares: readonly number[], step: number): number {
  return shares.filter((share) => stepOfShare(share) <= step).length;
}

/** @throws InvalidOptionError unless they rise from above 0 to 1 in different steps */
export function checkShares(shares: readonly number[]): readonly number[] {
  const rise = shares.every((share, i) => stepOfShare(share) > (i === 0 ? 0 : stepOfShare(shares[i - 1]!)));
  if (rise && shares.at(-1) === 1) return shares;
  throw new InvalidOptionError(
    `Shares of the schedule are ${JSON.stringify(shares)}; give rising numbers above 0, at least 1/1000 apart, the last 1.`,
  );
}
