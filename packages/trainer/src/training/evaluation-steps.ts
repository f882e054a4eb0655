// After which steps a run measures validation.
import { stepsPerEpoch } from '../data/order.js';
import type { TrainingSettings } from '../settings.js';

/** Numbers of finished steps: `evaluationsPerEpoch` evenly, at the given shares of the schedule, and after the last. */
export function evaluationSteps(
  settings: Pick<TrainingSettings, 'evaluationsPerEpoch' | 'batchSize'>,
  examples: number,
  total: number,
  shares: readonly number[] = [],
): Set<number> {
  const perEpoch = stepsPerEpoch(examples, settings.batchSize);
  const steps = new Set<number>([total]);
  const interval = perEpoch / settings.evaluationsPerEpoch;
  for (let at = interval; at < total; at += interval) steps.add(Math.max(1, Math.round(at)));
  for (const share of shares) steps.add(Math.max(1, Math.ceil(total * share)));
  return steps;
}
