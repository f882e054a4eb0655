/** Past trials as a Gaussian process needs them: points, and values to be maximised that no outlier dominates. */

import { constraintsOf } from '../../trial/constraints.js';
import type { Direction, FrozenTrial } from '../../trial/frozen-trial.js';
import type { UnitSpace } from './unit-space.js';
import { yeoJohnson } from './warp.js';

export interface GpObservations {
  readonly trials: readonly FrozenTrial[];
  readonly points: readonly Float64Array[];
  /** One for each point, mean 0 and variance 1, larger is better. */
  readonly values: Float64Array;
}

/** Beyond so many trials only the best and the newest are kept, as the work grows with the cube. */
const MOST = 200;
const MOST_BEST = 60;

/** Complete and pruned trials that have all parameters of the space. */
export function observe(finished: readonly FrozenTrial[], space: UnitSpace, direction: Direction): GpObservations {
  const rows = finished
    .filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED')
    .map((trial) => ({ trial, point: space.encode(trial.params) }))
    .filter((row): row is { trial: FrozenTrial; point: Float64Array } => row.point !== null);
  const losses = lossesOf(
    rows.map(({ trial }) => trial),
    direction,
  );
  const kept = newestAndBest(losses);
  const values = standardize(yeoJohnson(standardize(Float64Array.from(kept, (row) => losses[row]!)))).map((v) => -v);
  return {
    trials: kept.map((row) => rows[row]!.trial),
    points: kept.map((row) => rows[row]!.point),
    values,
  };
}

/**
 * Finite losses. Infinite values count as the worst or best finite one; a pruned trial's last report counts, though as no
 * better than the median and no worse than the worst complete trial, since it is of an earlier step.
 */
function lossesOf(trials: readonly FrozenTrial[], direction: Direction): Float64Array {
  const sign = direction === 'minimize' ? 1 : -1;
  const complete = trials.filter(({ state }) => state === 'COMPLETE').map(({ values }) => sign * values![0]!);
  const finite = Float64Array.from(complete.filter(Number.isFinite)).sort();
  const [best, worst] = [finite[0] ?? 0, finite[finite.length - 1] ?? 0];
  const median = finite[finite.length >> 1] ?? 0;
  return Float64Array.from(trials, ({ state, values }) => {
    const loss = values ? sign * values[0]! : Number.POSITIVE_INFINITY;
    return Math.min(worst, Math.max(state === 'PRUNED' ? median : best, loss));
  });
}

function newestAndBest(losses: Float64Array): number[] {
  const rows = Array.from(losses, (_, row) => row);
  if (rows.length <= MOST) return rows;
  const best = [...rows].sort((a, b) => losses[a]! - losses[b]!).slice(0, MOST_BEST);
  const kept = new Set(best);
  for (let row = rows.length - 1; kept.size < MOST; row--) kept.add(row);
  return [...kept].sort((a, b) => a - b);
}

/** Values of each constraint of the trials, divided by their size so that 0 stays the limit; where missing, met. */
export function observeConstraints(trials: readonly FrozenTrial[]): Float64Array[] {
  const all = trials.map(constraintsOf);
  const names = [...new Set(all.flatMap((constraints) => Object.keys(constraints)))].sort();
  return names.map((name) => {
    const raw = Float64Array.from(all, (constraints) => constraints[name] ?? Number.NEGATIVE_INFINITY);
    const finite = raw.filter(Number.isFinite);
    const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
    const size = Math.max(1e-12, ...finite.map(Math.abs));
    return raw.map((value) => Math.min(high, Math.max(low, value)) / size);
  });
}

/** Shifted and scaled to mean 0 and variance 1; constants become 0. */
export function standardize(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance);
  return values.map((value) => (deviation > 1e-10 * Math.max(1e-300, Math.abs(mean)) ? (value - mean) / deviation : 0));
}
