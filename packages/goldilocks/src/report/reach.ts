// How far a run's weights can have moved by some share of its schedule: what links rate, batch size, epochs and schedule.
import type { Params } from '@goldilocks/protocol';
import { scheduleNames } from '@goldilocks/protocol';
import { learningRateAt } from '@goldilocks/trainer';

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

/** Mean of the schedule's factor over its first `share`. */
function meanRate({ schedule, warmup }: Params, share: number): number {
  const name = scheduleNames.find((known) => known === schedule) ?? 'cosine';
  const settings = { name, warmup: typeof warmup === 'number' ? warmup : 0, floor: 0.1 };
  const total = 1000;
  let sum = 0;
  for (let i = 0; i < points; i++)
    sum += learningRateAt(settings, Math.floor(((i + 0.5) / points) * share * total), total, 1);
  return sum / points;
}
