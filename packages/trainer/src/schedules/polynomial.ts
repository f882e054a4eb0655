// Polynomial: floor + (1 − floor)(1 − x)^power; power 1 is linear, 2 falls fast at first. x is the progress after warm-up.

import { above, progress, type ScheduleShape } from './schedule.js';

export const polynomial: ScheduleShape = (position, { floor, power = 1 }) =>
  above(floor, (1 - progress(position)) ** power);
