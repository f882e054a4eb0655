// Runs whose steps do not depend on how long they last: a longer one goes on from where a shorter one ended.
import type { TrainingSettings } from '../settings.js';

/** True for a constant rate without warm-up: every other schedule stretches over the whole run. */
export function isOpenEnded({ schedule }: Pick<TrainingSettings, 'schedule'>): boolean {
  return schedule.name === 'constant' && schedule.warmup === 0;
}

/**
 * The settings that decide what every step does. The micro-batch does not, beyond rounding, nor do gradient checkpointing and the
 * device: they may change when memory is short, or a GPU is lost.
 * The number of epochs does not either where the run is open-ended.
 */
export function decisiveSettings(settings: TrainingSettings): Partial<TrainingSettings> {
  const { microBatchTokens: _, gradientCheckpointing: __, device: ___, ...decisive } = settings;
  if (!isOpenEnded(settings)) return decisive;
  const { epochs: ____, ...rest } = decisive;
  return rest;
}
