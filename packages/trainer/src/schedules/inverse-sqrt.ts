// Inverse square root: √(timescale / (timescale + s)), s the steps since warm-up (Vaswani et al., 1706.03762; Raffel et al.,
// 1910.10683). The timescale is the warm-up's length, or 10,000 steps where there is none. It does not depend on the end.

import type { ScheduleShape } from './schedule.js';

const timescaleWithoutWarmup = 10_000;

export const inverseSqrt: ScheduleShape = ({ step, warmupSteps }) => {
  const timescale = warmupSteps || timescaleWithoutWarmup;
  return Math.sqrt(timescale / (timescale + step - warmupSteps));
};
