/** Measured curves as the process needs them: values to be maximised, which no diverged run dominates. */

import { standardize } from '../../samplers/gp/observations.js';
import type { UnitSpace } from '../../samplers/gp/unit-space.js';
import type { Direction } from '../../trial/frozen-trial.js';
import type { PausableTrial } from '../pausable-trial.js';
import type { CurveData } from './curve-kernel.js';

export interface CurveObservations {
  /** The trials behind the runs of the data. */
  readonly trials: readonly PausableTrial[];
  readonly data: CurveData;
}

interface Row {
  readonly run: number;
  readonly share: number;
  readonly loss: number;
}

/** Beyond so many measurements the oldest runs that got nowhere are left out, as the work grows with the cube. */
const MOST = 120;

/** Of the distance from the best to the median. */
const SOFTENING = 0.3;

/**
 * Values of mean 0 and variance 1, larger is better. What is not finite counts as the worst finite one. A failed trial
 * counts as the worst at the share it was on its way to: its place is to be avoided.
 */
export function observeCurves(
  trials: readonly PausableTrial[],
  unit: UnitSpace,
  shares: readonly number[],
  direction: Direction,
): CurveObservations {
  const sign = direction === 'minimize' ? 1 : -1;
  const known = trials.flatMap((trial) => {
    const point = unit.encode(trial.params);
    const isMeasured = trial.values.length > 0 || trial.state === 'failed';
    return point && isMeasured ? [{ trial, point }] : [];
  });
  const kept = newestAndFurthest(known);
  const rows = kept.flatMap(({ trial }, run) => rowsOf(trial, run, shares, sign));
  const points = Float64Array.from(kept.flatMap(({ point }) => Array.from(point)));
  return {
    trials: kept.map(({ trial }) => trial),
    data: {
      points,
      isCategorical: unit.dimensions.map(({ isCategorical }) => isCategorical),
      runs: Int32Array.from(rows, ({ run }) => run),
      shares: Float64Array.from(rows, ({ share }) => share),
      values: compressed(Float64Array.from(rows, ({ loss }) => loss)),
    },
  };
}

function rowsOf({ state, values }: PausableTrial, run: number, shares: readonly number[], sign: number): Row[] {
  const rows = values.flatMap((value, i) =>
    value === undefined ? [] : [{ run, share: shares[i]!, loss: sign * value }],
  );
  const next = shares[values.length];
  if (state === 'failed' && next !== undefined) rows.push({ run, share: next, loss: Number.POSITIVE_INFINITY });
  return rows;
}

function newestAndFurthest<T extends { readonly trial: PausableTrial }>(known: readonly T[]): readonly T[] {
  let measurements = known.reduce((sum, { trial }) => sum + Math.max(1, trial.values.length), 0);
  return known.filter(({ trial }) => {
    if (measurements <= MOST || trial.values.length > 1) return true;
    measurements--;
    return false;
  });
}

/**
 * Logarithms of the distance to the best, softened near it: what tells good settings from one another is small beside what
 * tells the start of a curve from its end, and a diverged run must not dwarf either.
 */
function compressed(losses: Float64Array): Float64Array {
  const finite = losses.filter(Number.isFinite).sort();
  if (finite.length === 0) return new Float64Array(losses.length);
  const [best, worst] = [finite[0]!, finite[finite.length - 1]!];
  const softening = Math.max(SOFTENING * (finite[finite.length >> 1]! - best), 1e-3 * (worst - best), Number.MIN_VALUE);
  const distances = losses.map((loss) => (Number.isNaN(loss) ? worst : Math.min(worst, Math.max(best, loss))) - best);
  return standardize(distances.map((distance) => Math.log(distance + softening))).map((value) => -value);
}
