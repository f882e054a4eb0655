/** When each trial ran: shows idle workers, pruning and trials that hang. */

import { InvalidOptionError } from '../errors.js';
import type { StudySnapshot } from '../study/snapshot.js';
import type { FrozenTrial, TrialState } from '../trial/frozen-trial.js';
import type { Axis } from './axis.js';
import { isFeasible } from './target.js';

export interface TimelineOptions {
  /** Draw only so many of the newest trials. Default: all. */
  readonly recent?: number;
  /** Until when running trials are drawn. Default: now. */
  readonly now?: Date;
}

export interface TimelineBar {
  readonly trial: number;
  readonly state: TrialState;
  readonly feasible: boolean;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Never before the start, even if a clock was set back. */
  readonly end: number;
}

export interface TimelineFigure {
  readonly x: Axis;
  readonly bars: readonly TimelineBar[];
}

/** A bar of what has no length yet. */
const SHORT_MS = 1000;
/** A running trial that is older than so many times the longest is taken for dead. */
const TOO_LONG = 5;

/** @throws InvalidOptionError unless `recent` is an integer ≥ 1 */
export function timelineFigure(
  { trials }: Pick<StudySnapshot, 'trials'>,
  options: TimelineOptions = {},
): TimelineFigure {
  const { recent = trials.length, now = new Date() } = options;
  if (options.recent !== undefined && !(Number.isInteger(recent) && recent >= 1)) {
    throw new InvalidOptionError(`timelineFigure: recent is ${recent}; give an integer ≥ 1, or leave it out.`);
  }
  const latest = latestTime(trials, now.getTime());
  const bars = trials.slice(Math.max(0, trials.length - recent)).map((trial): TimelineBar => {
    const start = trial.startedAt?.getTime() ?? latest;
    const end = trial.state === 'RUNNING' ? latest + SHORT_MS : (trial.completedAt?.getTime() ?? start + SHORT_MS);
    return { trial: trial.number, state: trial.state, feasible: isFeasible(trial), start, end: Math.max(start, end) };
  });
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start, end } of bars) [low, high] = [Math.min(low, start), Math.max(high, end)];
  return { x: { label: 'Time', scale: 'time', labels: null, range: bars.length > 0 ? [low, high] : null }, bars };
}

/** Now while something is still running, else when the last trial ended. */
function latestTime(trials: readonly FrozenTrial[], now: number): number {
  let longest = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { startedAt, completedAt } of trials) {
    if (!completedAt) continue;
    last = Math.max(last, completedAt.getTime());
    if (startedAt) longest = Math.max(longest, completedAt.getTime() - startedAt.getTime());
  }
  const running = trials.filter(({ state }) => state === 'RUNNING');
  const lives = ({ startedAt }: FrozenTrial) => startedAt && now - startedAt.getTime() < TOO_LONG * longest;
  const goesOn = Number.isFinite(longest) ? running.some(lives) : running.length > 0;
  return goesOn || !Number.isFinite(last) ? now : last;
}
