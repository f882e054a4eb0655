/** The contract of what decides which trial goes on, and whether another begins. */

import type { SearchSpace } from '../distributions/distribution.js';
import type { Direction, Params } from '../trial/frozen-trial.js';
import type { PausableTrial } from './pausable-trial.js';

export interface Situation {
  readonly direction: Direction;
  readonly space: SearchSpace;
  /** Where trials may pause, rising to 1. */
  readonly shares: readonly number[];
  /** Started trials by number. */
  readonly trials: readonly PausableTrial[];
  /** Enqueued trials: what begins next is the oldest of them. */
  readonly waiting: number;
  /** Whether another trial may begin at all. */
  readonly mayStart: boolean;
  /** Predicted cost of a setting between two shares of its schedule. */
  cost(params: Params, from: number, to: number): number;
  /** What has been spent, and what may still be, in the unit of the cost. */
  readonly spent: number;
  readonly left: number;
}

/**
 * Continue a paused trial to a share, or begin one and bring it to the first share: with the given parameters, or those
 * that the study's sampler chooses.
 */
export type NextStep =
  | { readonly type: 'continue'; readonly trial: number; readonly to: number }
  | { readonly type: 'new'; readonly params?: Params };

/**
 * Decides by the situation and its own seed alone, so that a resumed search goes on as it would have. Null where nothing
 * is worth doing or nothing fits what is left. It never changes what it is given.
 */
export interface PromotionRule {
  next(situation: Situation): NextStep | null;
}
