// Linear: falls in a straight line to the floor. floor + (1 − floor)(1 − x), x the progress after warm-up.

import { above, progress, type ScheduleShape } from './schedule.js';

export const linear: ScheduleShape = (position, { floor }) => above(floor, 1 - progress(position));
