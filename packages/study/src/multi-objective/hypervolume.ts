/** The volume that points dominate, up to a reference point: exact, after While et al. (IEEE Trans. Evol. Comput. 16, 2012). */

import { lexicographic } from './ranks.js';
import { Staircase } from './staircase.js';

/**
 * The volume of all that is between the reference point and some of the points; smaller is better in every coordinate.
 * Points that are not below the reference point everywhere add nothing.
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = points.filter((point) => point.every((value, i) => value < reference[i]!));
  return volumeOf(inside, reference);
}

/**
 * The points, by index, that together dominate a large volume: each time the one that adds most, the first of equals in
 * lexicographic order. At least 1 − 1/e of the largest volume possible.
 */
export function greedySubset(
  points: readonly (readonly number[])[],
  count: number,
  reference: readonly number[],
): number[] {
  const order = [...points.keys()].sort((a, b) => lexicographic(points[a]!, points[b]!) || a - b);
  const distinct = order.filter((row, i) => i === 0 || lexicographic(points[row]!, points[order[i - 1]!]!) !== 0);
  if (distinct.length <= count) {
    const repeated = [...points.keys()].filter((row) => !distinct.includes(row));
    return [...distinct, ...repeated.slice(0, count - distinct.length)];
  }
  if (!reference.every(Number.isFinite)) return distinct.slice(0, count);
  const chosen: number[] = [];
  const rest = [...distinct];
  // What a point adds only falls as others are chosen, so that a bound that is already too low needs no update.
  const bounds = rest.map((row) => boxVolume(points[row]!, reference));
  let volume = 0;
  for (let round = 0; round < count; round++) {
    const selected = chosen.map((row) => points[row]!);
    let best = -1;
    let gain = Number.NEGATIVE_INFINITY;
    for (const i of [...rest.keys()].sort((a, b) => bounds[b]! - bounds[a]! || a - b)) {
      if (bounds[i]! < gain) break;
      if (round > 0) bounds[i] = volumeOf([...selected, points[rest[i]!]!], reference) - volume;
      if (bounds[i]! > gain || (bounds[i] === gain && i < best)) [best, gain] = [i, bounds[i]!];
    }
    chosen.push(rest[best]!);
    volume += gain;
    rest.splice(best, 1);
    bounds.splice(best, 1);
  }
  return chosen;
}

function boxVolume(point: readonly number[], reference: readonly number[]): number {
  return point.reduce((product, value, i) => product * (reference[i]! - value), 1);
}

/** The points that none of the others dominates, each once, in lexicographic order. */
function undominated(points: readonly (readonly number[])[]): (readonly number[])[] {
  const front: (readonly number[])[] = [];
  for (const point of [...points].sort(lexicographic)) {
    if (!front.some((other) => other.every((value, i) => value <= point[i]!))) front.push(point);
  }
  return front;
}

function volumeOf(points: readonly (readonly number[])[], reference: readonly number[]): number {
  if (reference.length === 2 || reference.length === 3) return sweep(points, reference);
  // Each point adds its box less what those after it take of that box.
  const front = undominated(points);
  return front.reduce((volume, point, i) => {
    const limited = front.slice(i + 1).map((other) => other.map((value, k) => Math.max(value, point[k]!)));
    const shared = limited.length === 0 ? 0 : volumeOf(limited, reference);
    return volume + boxVolume(point, reference) - shared;
  }, 0);
}

/** From the best value of the third objective to the worst, the area that is dominated in the other two grows. */
function sweep(points: readonly (readonly number[])[], [right, top, last]: readonly number[]): number {
  const staircase = new Staircase([right!, top!]);
  if (last === undefined) return points.reduce((area, [x, y]) => area + staircase.insert(x!, y!), 0);
  let [volume, area] = [0, 0];
  const sorted = [...points].sort((a, b) => a[2]! - b[2]!);
  for (const [i, [x, y, z]] of sorted.entries()) {
    area += staircase.insert(x!, y!);
    volume += area * ((sorted[i + 1]?.[2] ?? last) - z!);
  }
  return volume;
}
