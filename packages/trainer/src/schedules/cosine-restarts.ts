// Cosine with restarts: `cycles` half waves of equal length, each from the peak to the floor (SGDR, 1608.03983).

import { above, progress, type ScheduleShape } from './schedule.js';

export const cosineRestarts: ScheduleShape = (position, { floor, cycles = 1 }) => {
  const x = progress(position);
  return above(floor, x === 1 ? 0 : (1 + Math.cos(Math.PI * ((cycles * x) % 1))) / 2);
};
