/** Which trials are best: by value for one objective, the Pareto front for several; feasible ones before all. */

import { violation } from '../trial/constraints.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

/** The best complete and feasible trial by its only objective; the earlier one of equals; undefined when there is none. */
export function bestOf(trials: readonly FrozenTrial[], direction: Direction): FrozenTrial | undefined {
  const sign = direction === 'minimize' ? 1 : -1;
  let best: FrozenTrial | undefined;
  for (const trial of trials) {
    if (!isCandidate(trial)) continue;
    if (!best || sign * trial.values![0]! < sign * best.values![0]!) best = trial;
  }
  return best;
}

/** Complete and feasible trials that no other one is at least as good as in every objective and better in one. */
export function paretoFront(trials: readonly FrozenTrial[], directions: readonly Direction[]): FrozenTrial[] {
  const signs = directions.map((direction) => (direction === 'minimize' ? 1 : -1));
  const points = trials
    .filter(isCandidate)
    .map((trial) => ({ trial, loss: trial.values!.map((v, i) => v * signs[i]!) }));
  // In lexicographic order only an earlier point can dominate a later one.
  points.sort((a, b) => lexicographic(a.loss, b.loss) || a.trial.number - b.trial.number);
  const front: typeof points = [];
  for (const point of points) if (!front.some((other) => dominates(other.loss, point.loss))) front.push(point);
  return front.map(({ trial }) => trial).sort((a, b) => a.number - b.number);
}

/** Whether losses `a` are nowhere above losses `b` and below them somewhere. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]!) && a.some((value, i) => value < b[i]!);
}

function isCandidate(trial: FrozenTrial): boolean {
  return trial.state === 'COMPLETE' && violation(trial) === 0;
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return 0;
}
