/** A study as it stood at one moment: what figures are drawn from. */

import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

/** Made by `study.snapshot()`; a value, never changed after it is made. */
export interface StudySnapshot {
  readonly name: string;
  readonly directions: readonly Direction[];
  /** Names of the objectives, where they were given. */
  readonly metricNames: readonly string[] | null;
  /** In the order of their numbers. */
  readonly trials: readonly FrozenTrial[];
}
