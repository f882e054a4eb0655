// What a learning-rate schedule is: a share of the peak rate at each optimizer step.

import type { ScheduleSettings } from '../settings.js';

/** Where a step lies in the run, all counts in optimizer steps. */
export interface SchedulePosition {
  /** 0 for the first step. */
  step: number;
  totalSteps: number;
  warmupSteps: number;
}

/**
 * The share of the peak rate after warm-up, in [0, 1]; called with step ≥ warmupSteps. Steps past the end get the rate
 * of the end. Formulas and defaults are those of transformers.get_scheduler where a `floor` is not given.
 */
export type ScheduleShape = (position: SchedulePosition, settings: ScheduleSettings) => number;

/** How much of the time after warm-up has passed, in [0, 1]. */
export function progress({ step, totalSteps, warmupSteps }: SchedulePosition): number {
  return Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
}

/** A share in [0, 1] moved up to [floor, 1]. */
export function above(floor: number | undefined, share: number): number {
  const lowest = floor ?? 0;
  return lowest + (1 - lowest) * share;
}
