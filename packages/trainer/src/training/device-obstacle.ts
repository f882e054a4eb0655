// What of a run's settings is for the CPU alone.
import type { TrainingSettings } from '../settings.js';

/** A few words for it, such as «the optimizer lion»; nothing where the run may be on a GPU. */
export function obstacleOnDevice({ optimizer, basePrecision = 'f32' }: TrainingSettings): string | undefined {
  if (optimizer && optimizer.name !== 'adamw') return `the optimizer ${optimizer.name}`;
  return basePrecision === 'f32' ? undefined : `a base precision of ${basePrecision}`;
}
