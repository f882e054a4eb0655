/**
 * How much dominated volume a trial is expected to add, over several objectives, in the logarithm (EHVI: Daulton et al., arXiv:
 * 2006.05078). The objectives' processes are independent, so that the expectation over each box of the undominated space is a
 * product of one-dimensional ones: exact, where sampling would be flat wherever no sample improves.
 */

import { undominatedBoxes } from '../../multi-objective/boxes.js';
import { LOG_SQRT_2PI, logNormalCdf } from '../../numerics/normal.js';
import { type Acquisition, logExpectedExcess, STABILIZING_VARIANCE } from './acquisition.js';
import type { GaussianProcess } from './gaussian-process.js';

/** Ends of boxes in one objective, larger being better. */
interface Ends {
  readonly values: readonly number[];
  /** For each box the index of its lower and its upper end. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
}

/**
 * @param processes one for each objective, larger being better
 * @param front values of known trials, one array each; dominated ones do no harm
 * @param reference values beyond which volume counts
 */
export function logExpectedHypervolumeImprovement(
  processes: readonly GaussianProcess[],
  front: readonly (readonly number[])[],
  reference: readonly number[],
): Acquisition {
  const negated = (point: readonly number[]) => point.map((value) => -value);
  const boxes = undominatedBoxes(front.map(negated), negated(reference));
  const ends = processes.map((_, j): Ends => {
    const values = [...new Set(boxes.flatMap(({ low, high }) => [-high[j]!, -low[j]!]))];
    const indices = new Map(values.map((value, index) => [value, index]));
    return {
      values,
      lower: Int32Array.from(boxes, ({ high }) => indices.get(-high[j]!)!),
      upper: Int32Array.from(boxes, ({ low }) => indices.get(-low[j]!)!),
    };
  });
  return {
    value: (x) => {
      const logs = new Float64Array(boxes.length);
      for (const [j, process] of processes.entries()) {
        const { mean, variance } = process.posterior(x);
        const excesses = excessesOf(ends[j]!, mean, Math.sqrt(variance + STABILIZING_VARIANCE));
        for (let b = 0; b < logs.length; b++) logs[b]! += logWithin(excesses, ends[j]!, b);
      }
      return logSum(logs);
    },
    addGradient: (x, gradient) => addGradient(processes, ends, boxes.length, x, gradient),
  };
}

function addGradient(
  processes: readonly GaussianProcess[],
  ends: readonly Ends[],
  boxes: number,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const logs = new Float64Array(boxes);
  const parts = processes.map((process, j) => {
    const [byMean, byVariance] = [new Float64Array(x.length), new Float64Array(x.length)];
    const { mean, variance } = process.posteriorWithGradient(x, byMean, byVariance);
    const deviation = Math.sqrt(variance + STABILIZING_VARIANCE);
    const excesses = excessesOf(ends[j]!, mean, deviation);
    const within = Float64Array.from({ length: boxes }, (_, b) => logWithin(excesses, ends[j]!, b));
    for (let b = 0; b < boxes; b++) logs[b]! += within[b]!;
    return { byMean, byVariance, mean, deviation, within };
  });
  const total = logSum(logs);
  for (const [j, { byMean, byVariance, mean, deviation, within }] of parts.entries()) {
    const { values, lower, upper } = ends[j]!;
    const tails = values.map((value) => logNormalCdf((mean - value) / deviation));
    const densities = values.map((value) => -0.5 * ((mean - value) / deviation) ** 2 - LOG_SQRT_2PI);
    let [slopeMean, slopeDeviation] = [0, 0];
    for (let b = 0; b < boxes; b++) {
      // The box's share of the whole, over its own extent in this objective.
      const share = logs[b]! - total - within[b]!;
      if (!(logs[b]! - total > SMALLEST_SHARE)) continue;
      slopeMean += Math.exp(tails[lower[b]!]! + share) - Math.exp(tails[upper[b]!]! + share);
      slopeDeviation += Math.exp(densities[lower[b]!]! + share) - Math.exp(densities[upper[b]!]! + share);
    }
    for (let k = 0; k < x.length; k++) {
      gradient[k]! += slopeMean * byMean[k]! + (slopeDeviation * byVariance[k]!) / (2 * deviation);
    }
  }
  return total;
}

/** Logarithm of the share below which a box changes nothing. */
const SMALLEST_SHARE = -40;

/** log E[max(0, y − end)] for each end. */
function excessesOf({ values }: Ends, mean: number, deviation: number): Float64Array {
  const logDeviation = Math.log(deviation);
  return Float64Array.from(values, (value) =>
    value === Number.POSITIVE_INFINITY
      ? Number.NEGATIVE_INFINITY
      : logExpectedExcess((mean - value) / deviation) + logDeviation,
  );
}

/** The log of how far y is expected to reach into a box from its lower end, at most to its upper one. */
function logWithin(excesses: Float64Array, { lower, upper }: Ends, box: number): number {
  const [all, beyond] = [excesses[lower[box]!]!, excesses[upper[box]!]!];
  return beyond === Number.NEGATIVE_INFINITY ? all : all + Math.log(-Math.expm1(Math.min(0, beyond - all)));
}

function logSum(logs: Float64Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const log of logs) if (log > highest) highest = log;
  if (highest === Number.NEGATIVE_INFINITY) return highest;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - highest);
  return highest + Math.log(sum);
}
