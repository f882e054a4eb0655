/** Several objectives, a Gaussian process each: what past trials say of the front, and what a next one promises to add to it. */

import { frontRanks, lossesOf } from '../../multi-objective/ranks.js';
import { violation } from '../../trial/constraints.js';
import type { Direction, FrozenTrial } from '../../trial/frozen-trial.js';
import type { Acquisition } from './acquisition.js';
import { fitGaussianProcess } from './fit.js';
import type { GaussianProcess, TrainingData } from './gaussian-process.js';
import { logExpectedHypervolumeImprovement } from './hypervolume-improvement.js';
import { standardize } from './observations.js';
import type { UnitSpace } from './unit-space.js';
import { yeoJohnson } from './warp.js';

export interface FrontObservations {
  readonly trials: readonly FrozenTrial[];
  readonly points: readonly Float64Array[];
  /** For each objective the trials' values, mean 0 and variance 1, larger being better. */
  readonly values: readonly Float64Array[];
}

/** Beyond so many trials only the best fronts and the newest are kept, as the work grows with the cube. */
const MOST = 200;
const MOST_BEST = 60;

/** Complete trials that have all parameters of the space; infinite values count as the worst or best finite ones. */
export function observeFront(
  finished: readonly FrozenTrial[],
  space: UnitSpace,
  directions: readonly Direction[],
): FrontObservations {
  const rows = finished.flatMap((trial) => {
    const point = trial.state === 'COMPLETE' ? space.encode(trial.params) : null;
    return point ? [{ trial, point, losses: lossesOf(trial, directions) }] : [];
  });
  const kept = newestAndBest(rows.map(({ losses }) => losses)).map((row) => rows[row]!);
  return {
    trials: kept.map(({ trial }) => trial),
    points: kept.map(({ point }) => point),
    values: directions.map((_, i) => {
      const losses = bounded(Float64Array.from(kept, (row) => row.losses[i]!));
      return standardize(yeoJohnson(standardize(losses))).map((value) => -value);
    }),
  };
}

function newestAndBest(losses: readonly (readonly number[])[]): number[] {
  const rows = [...losses.keys()];
  if (rows.length <= MOST) return rows;
  const ranks = frontRanks(losses, MOST_BEST);
  const kept = new Set([...rows].sort((a, b) => ranks[a]! - ranks[b]! || b - a).slice(0, MOST_BEST));
  for (let row = rows.length - 1; kept.size < MOST; row--) kept.add(row);
  return [...kept].sort((a, b) => a - b);
}

function bounded(losses: Float64Array): Float64Array {
  const finite = losses.filter(Number.isFinite);
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  return losses.map((loss) => Math.min(high, Math.max(low, loss)));
}

export interface FrontModel {
  readonly acquisition: Acquisition;
  /** Points of the trials that are predicted to be the front. */
  readonly front: readonly Float64Array[];
  /** Along each dimension, how far one has to go for the objectives to change, on average over them. */
  readonly lengths: Float64Array;
}

/**
 * The front and what to add to it, by what is predicted of the feasible trials, not by what luck measured.
 * @param data inputs and noise of the observations
 * @param awaited points of running trials, taken to end as predicted
 */
export function modelFront(
  { trials, points, values }: FrontObservations,
  data: Omit<TrainingData, 'values'>,
  awaited: readonly Float64Array[],
): FrontModel {
  const processes = values.map((one) => fitGaussianProcess({ ...data, values: one }));
  const feasible = points.filter((_, row) => violation(trials[row]!) === 0);
  const predicted = [...feasible, ...awaited].map((point) => processes.map((process) => process.posterior(point).mean));
  const ranks = frontRanks(predicted.map((point) => point.map((value) => -value)));
  const isFront = (row: number) => ranks[row] === 0;
  const front = feasible.filter((_, row) => isFront(row));
  const known = predicted.filter((_, row) => isFront(row));
  // What is noise at the front does not pass for promise next to it.
  const settled = processes.map((process) => process.settledAt([...front, ...awaited]));
  const acquisition: Acquisition =
    feasible.length === 0
      ? { value: () => 0, addGradient: () => 0 }
      : logExpectedHypervolumeImprovement(settled, known, referenceOf(predicted));
  return { acquisition, front, lengths: meanLengths(processes) };
}

/** A tenth beyond the worst values. */
function referenceOf(predicted: readonly (readonly number[])[]): number[] {
  return predicted[0]!.map((_, i) => {
    const worst = Math.min(...predicted.map((point) => point[i]!));
    return Math.min(1.1 * worst, 0.9 * worst) - 1e-9;
  });
}

function meanLengths(processes: readonly GaussianProcess[]): Float64Array {
  const all = processes.map(({ parameters }) => parameters.inverseSquaredLengths);
  return all[0]!.map((_, d) => all.reduce((sum, weights) => sum + 1 / Math.sqrt(weights[d]!), 0) / all.length);
}
