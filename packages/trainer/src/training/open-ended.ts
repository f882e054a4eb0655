// Runs whose steps do not depend on how long they last: a longer one goes on from where a shorter one ended.
import type { TrainingSettings } from '../settings.js';

/** True for a constant rate without warm-up: every other schedule stretches over the whole run. */
export function isOpenEnded({ schedule }: Pick<TrainingSettings, 'schedule'>): boolean {
  return schedule.name === 'constant' && schedule.warmup === 0;
}

/**
 * The settings that decide what every step does. The micro-batch does not, beyond rounding, nor does gradient checkpointing: they
 * may change when memory is short.
 * The number of epochs does not either where the run is open-ended.
 */
export function decisiveSettings(settings: TrainingSettings): Partial<TrainingSettings> {
  const { microBatchTokens: _, gradientCheckpointing: __, ...decisive } = settings;
  if (!isOpenEnded(settings)) return decisive;
  const { epochs: ___, ...rest } = decisive;
  return rest;
}
