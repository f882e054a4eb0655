// How far a run's weights can have moved by some share of its schedule: what links rate, batch size, epochs and schedule.
import type { Params } from '@goldilocks/protocol';

/** The hyperparameters that reach is made of. */
export const reachParts = ['learningRate', 'batchSize', 'epochs', 'schedule', 'warmup'] as const;

const points = 48;

/**
 * Logarithm of learning rate × steps, summed over the schedule up to `share`, up to a constant. Adam moves each weight
 * by about the rate at each step (1412.6980, §2.1), so runs of equal reach have come about equally far, whichever of
 * rate, batch size and epochs made it; early losses depend on little else.
 */
export function logReach(params: Params, share: number): number {
  const factor = (name: string) => {
    const value = params[name];
    return typeof value === 'number' && value > 0 ? value : 1;
  };
  const peak = factor('learningRate') * (factor('epochs') / factor('batchSize'));
  return Math.log(peak) + Math.log(Math.max(meanRate(params, share) * share, 1e-9));
}

/** Share of the peak rate once warm-up is over, `at` 0 to 1 through the rest; other schedules count as constant. */
const shapes: Record<string, (at: number) => number> = {
  cosine: (at) => 0.1 + 0.45 * (1 + Math.cos(Math.PI * at)),
  linear: (at) => 1 - at,
  polynomial: (at) => 1 - at,
  'warmup-stable-decay': (at) => Math.min(1, 5 * (1 - at)),
};

/** Mean of the schedule's factor over its first `share`, roughly: the trainer, which has it exactly, is not loaded for this. */
function meanRate({ schedule, warmup }: Params, share: number): number {
  const shape = shapes[String(schedule)] ?? (() => 1);
  const rise = typeof warmup === 'number' ? warmup : 0;
  let sum = 0;
  for (let i = 0; i < points; i++) {
    const at = ((i + 0.5) / points) * share;
    sum += at < rise ? at / rise : shape((at - rise) / (1 - rise));
  }
  return sum / points;
}
