// Why a search cannot tell a hyperparameter's effect yet: what moved along with it, and the closest two trials there are.
import type { ParamValue } from '@goldilocks/protocol';
import type { AxisScale, SearchedParameter } from './axis-scale.js';
import type { Observation } from './observations.js';

/** Two trials that differ in this hyperparameter and in little else. */
export interface Pair {
  /** With the lower value, and with the higher; of choices in the order of trials. */
  trials: [number, number];
  values: [ParamValue, ParamValue];
  /** Second less first in the objective where they were last compared, positive = worse. */
  difference: number;
  share: number;
}

export interface Comparability {
  /** With values up to the chosen one, and from it up; of choices and where neither is known any two. */
  pairs: Pair[];
  /** The searched parameter that moved along most, where that is much. */
  movedAlong: string | null;
  /** The tested value farthest from the chosen one, below it and above it; of choices the one tried least, as both. */
  farthest: { below: ParamValue | null; above: ParamValue | null };
}

const clearDifference = 0.2;
const little = 0.3;
const much = 0.6;

export function comparability(
  parameters: readonly SearchedParameter[],
  axis: number,
  observations: readonly Observation[],
  scales: readonly AxisScale[],
  reference: number,
): Comparability {
  const positions = observations.map(({ params }) =>
    parameters.map(({ name }, j) => scales[j]!.position(params[name])),
  );
  return {
    pairs: closestPairs(parameters, axis, observations, scales, positions, reference),
    movedAlong: movedAlong(parameters, axis, scales, positions),
    farthest: farthest(axis, scales[axis]!, positions, reference),
  };
}

function closestPairs(
  parameters: readonly SearchedParameter[],
  axis: number,
  observations: readonly Observation[],
  scales: readonly AxisScale[],
  positions: readonly number[][],
  reference: number,
): Pair[] {
  const apartOn = (j: number, a: number, b: number) => {
    const distance = Math.abs(positions[a]![j]! - positions[b]![j]!);
    return scales[j]!.kind === 'choice' ? Math.sign(distance) : distance;
  };
  const candidates: { a: number; b: number; apart: number }[] = [];
  for (const [a, low] of positions.entries()) {
    for (const [b, high] of positions.entries()) {
      if (low[axis]! >= high[axis]! || apartOn(axis, a, b) < clearDifference) continue;
      const weights = parameters.map(({ typicalEffect = 0.35 }, j) => (j === axis ? 0 : typicalEffect));
      const apart = weights.reduce((sum, weight, j) => sum + weight * apartOn(j, a, b), 0);
      if (apart <= little) candidates.push({ a, b, apart });
    }
  }
  candidates.sort((one, other) => one.apart - other.apart);
  const closest = (fits: (low: number, high: number) => boolean) => {
    for (const { a, b } of candidates) {
      if (!fits(positions[a]![axis]!, positions[b]![axis]!)) continue;
      const pair = compared(observations[a]!, observations[b]!, parameters[axis]!.name);
      if (pair) return [pair];
    }
    return [];
  };
  const chosen = positions[reference]![axis]!;
  if (scales[axis]!.kind === 'choice') return closest(() => true);
  const sides = [...closest((_, high) => high <= chosen), ...closest((low) => low >= chosen)];
  return sides.length > 0 ? sides : closest(() => true);
}

function compared(a: Observation, b: Observation, name: string): Pair | null {
  for (const { share, excess } of [...a.comparisons].reverse()) {
    const twin = b.comparisons.find((comparison) => comparison.share === share);
    if (!twin || !Number.isFinite(excess) || !Number.isFinite(twin.excess)) continue;
    const values: Pair['values'] = [a.params[name]!, b.params[name]!];
    return { trials: [a.trial, b.trial], values, difference: twin.excess - excess, share };
  }
  return null;
}

/** By correlation of positions; a choice counts as its commonest one or not. */
function movedAlong(
  parameters: readonly SearchedParameter[],
  axis: number,
  scales: readonly AxisScale[],
  positions: readonly number[][],
): string | null {
  const column = (j: number) => {
    const values = positions.map((row) => row[j]!);
    if (scales[j]!.kind === 'ordered') return values;
    const count = (value: number) => values.filter((other) => other === value).length;
    const commonest = [...values].sort((a, b) => count(b) - count(a))[0];
    return values.map((value) => (value === commonest ? 0 : 1));
  };
  const own = column(axis);
  const others = parameters
    .map(({ name }, j) => ({ name, size: j === axis ? 0 : Math.abs(correlation(own, column(j))) }))
    .sort((a, b) => b.size - a.size);
  return others[0] && others[0].size >= much ? others[0].name : null;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [x, y] = [value - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function farthest(
  axis: number,
  scale: AxisScale,
  positions: readonly number[][],
  reference: number,
): Comparability['farthest'] {
  const chosen = positions[reference]![axis]!;
  if (scale.kind === 'choice') {
    const count = (value: ParamValue) => positions.filter((row) => row[axis] === scale.position(value)).length;
    const others = scale.tested.filter((value) => scale.position(value) !== chosen);
    const rarest = others.sort((a, b) => count(a) - count(b))[0] ?? null;
    return { below: rarest, above: rarest };
  }
  const end = (at: 0 | -1, below: boolean) => {
    const value = scale.tested.at(at)!;
    return scale.position(value) < chosen === below && scale.position(value) !== chosen ? value : null;
  };
  return { below: end(0, true), above: end(-1, false) };
}
