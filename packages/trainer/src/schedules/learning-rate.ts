// The learning rate of an optimizer step: linear warm-up, then the schedule's own shape.

import type { ScheduleName, ScheduleSettings } from '../settings.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { cosineRestarts } from './cosine-restarts.js';
import { inverseSqrt } from './inverse-sqrt.js';
import { linear } from './linear.js';
import { polynomial } from './polynomial.js';
import type { ScheduleShape } from './schedule.js';
import { warmupStableDecay } from './warmup-stable-decay.js';

const shapes: Record<ScheduleName, ScheduleShape> = {
  constant,
  linear,
  cosine,
  'cosine-restarts': cosineRestarts,
  polynomial,
  'inverse-sqrt': inverseSqrt,
  'warmup-stable-decay': warmupStableDecay,
};

/** Steps of warm-up: ⌈share · all steps⌉, but at least one step is left at full rate. */
export function warmupSteps(schedule: ScheduleSettings, totalSteps: number): number {
  return Math.min(Math.ceil(schedule.warmup * totalSteps), Math.max(0, totalSteps - 1));
}

/**
 * The rate of one optimizer step.
 *
 * During warm-up (W steps) it is peak · step / W, so the very first step has rate 0, as in transformers.get_scheduler;
 * after it, peak · shape. A pure function: a resumed run needs only the step's number.
 * @param step 0 for the first; steps past the end get the rate of the end
 * @param totalSteps steps of the whole run, ≥ 1
 * @param peak highest rate
 */
export function learningRateAt(schedule: ScheduleSettings, step: number, totalSteps: number, peak: number): number {
  const warmup = warmupSteps(schedule, totalSteps);
  if (step < warmup) return (peak * step) / warmup;
  return peak * shapes[schedule.name]({ step, totalSteps, warmupSteps: warmup }, schedule);
}
