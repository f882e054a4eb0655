// Warm-up, stable, decay: the peak rate until the last `decay` share of all steps, then a straight line to the floor
// (MiniCPM, 2404.06395; the line as in SmolLM2, 2502.02737). Runs of other lengths share the stable part.

import { above, type ScheduleShape } from './schedule.js';

export const defaultDecayShare = 0.2;

export const warmupStableDecay: ScheduleShape = (
  { step, totalSteps, warmupSteps },
  { floor, decay = defaultDecayShare },
) => {
  const decaySteps = Math.min(Math.ceil(decay * totalSteps), totalSteps - warmupSteps);
  const into = step - (totalSteps - decaySteps);
  return into <= 0 ? 1 : above(floor, Math.max(0, 1 - into / decaySteps));
};
