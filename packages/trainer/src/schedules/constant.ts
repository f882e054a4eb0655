// Constant: the peak rate from the end of warm-up on.

import type { ScheduleShape } from './schedule.js';

export const constant: ScheduleShape = () => 1;
