// Tells when a run learns nothing: neither training nor validation loss has moved though a good part of it is over.

import type { Diagnosis } from './diagnosis.js';

/** One validation measurement with the training loss up to it. */
export interface MeasuredPoint {
  step: number;
  /** Share of the run's steps done, in [0, 1]. */
  share: number;
  /** Validation loss. */
  loss: number;
  /** Mean training loss since the measurement before. */
  trainingLoss?: number;
}

const smallestMove = 0.01;
const enoughOfTheRun = 0.3;
const enoughPoints = 3;

/**
 * @param points measurements in order
 * @returns a diagnosis where, 30 % into the run or later, no loss has fallen by 1 % of its first value
 */
export function diagnoseStuck(points: readonly MeasuredPoint[]): Diagnosis | undefined {
  const last = points.at(-1);
  if (!last || points.length < enoughPoints || last.share < enoughOfTheRun) return undefined;
  const validation = points.map(({ loss }) => loss);
  const training = points.flatMap(({ trainingLoss }) => (trainingLoss === undefined ? [] : [trainingLoss]));
  if (largestFall(validation) >= smallestMove || largestFall(training) >= smallestMove) return undefined;
  return {
    kind: 'stuck',
    step: last.step,
    message: `After ${Math.round(100 * last.share)} % of the run, neither loss has fallen by 1 %: validation went from ${validation[0]!.toFixed(3)} to ${last.loss.toFixed(3)}.`,
    advice:
      'Raise the learning rate three times, or let more layers train; if neither helps, check that the completions can be told from the prompts at all.',
  };
}

/** How far a series fell below its first value, as a share of that value. */
function largestFall(values: readonly number[]): number {
  const first = values[0];
  return first === undefined ? 0 : (first - Math.min(...values)) / Math.abs(first);
}
