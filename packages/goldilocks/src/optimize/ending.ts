// When a search has done enough, from its trials alone.
import { type Direction, FAILURE_KEY, type FrozenTrial, isFinished, StagnationTerminator } from '@goldilocks/study';

/** Whether a trial failed through no fault of its settings, and is run again in its place: it counts as none. */
export function isForgiven({ state, systemAttributes }: FrozenTrial): boolean {
  const reason = systemAttributes[FAILURE_KEY];
  return state === 'FAIL' && typeof reason === 'string' && /^(interrupted|lost|its worker was lost)\b/.test(reason);
}

/** Finished trials that count. */
export function countedTrials(trials: readonly FrozenTrial[]): number {
  return trials.filter((trial) => isFinished(trial.state) && !isForgiven(trial)).length;
}

/** Failed trials since the last that did not fail, in the order in which they ended. */
export function failsInARow(trials: readonly FrozenTrial[]): number {
  const ended = trials
    .filter((trial) => isFinished(trial.state) && !isForgiven(trial))
    .sort((a, b) => a.completedAt!.getTime() - b.completedAt!.getTime() || a.number - b.number);
  return ended.length - 1 - ended.findLastIndex(({ state }) => state !== 'FAIL');
}

/** Whether a trial as long as most were would end in time; while none has ended, any time will do. */
export function isTimeForAnother(trials: readonly FrozenTrial[], secondsLeft: number): boolean {
  const lengths = trials
    .filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED')
    .map(({ startedAt, completedAt }) => (completedAt!.getTime() - startedAt!.getTime()) / 1000)
    .sort((a, b) => a - b);
  return secondsLeft > (lengths[lengths.length >> 1] ?? 0);
}

/** Never with several objectives, of which no one is the one that stagnates. */
export function hasStagnated(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  patience: number,
): boolean {
  const [direction, second] = directions;
  if (second !== undefined) return false;
  return new StagnationTerminator({ trials: patience - 1 }).decide({ trials, direction: direction! }).stop;
}
