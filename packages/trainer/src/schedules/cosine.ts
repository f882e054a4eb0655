// Cosine: half a cosine wave down to the floor. floor + (1 − floor)(1 + cos πx)/2 (Loshchilov and Hutter, 1608.03983).

import { above, progress, type ScheduleShape } from './schedule.js';

export const cosine: ScheduleShape = (position, { floor }) =>
  above(floor, (1 + Math.cos(Math.PI * progress(position))) / 2);
