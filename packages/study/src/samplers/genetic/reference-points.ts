/**
 * How NSGA-III keeps a front apart in many objectives: survivors are shared out among directions that are spread evenly (Deb and
 * Jain, IEEE Trans. Evol. Comput. 18, 2014).
 */

import { solve } from '../../numerics/solve.js';

/** How far infinite values lie beyond the finite ones, in units of their range. */
const BEYOND = 3;
/** Makes all objectives but one count, when the extreme point along that one is looked for. */
const HEAVY = 1e6;

/** All points whose coordinates are integers ≥ 0 with the sum `divisions`: evenly spread directions. */
export function evenDirections(objectives: number, divisions: number): number[][] {
  if (objectives === 1) return [[divisions]];
  return Array.from({ length: divisions + 1 }, (_, i) => divisions - i).flatMap((first) =>
    evenDirections(objectives - 1, divisions - first).map((rest) => [first, ...rest]),
  );
}

/** The most divisions for which there are at most so many directions, at least one. */
export function divisionsFor(objectives: number, directions: number): number {
  let [divisions, count] = [1, objectives];
  // One objective has a single direction, however it is divided.
  for (; objectives > 1; divisions++) {
    // From C(m + h − 1, h) to C(m + h, h + 1).
    count = (count * (objectives + divisions)) / (divisions + 1);
    if (count > directions) break;
  }
  return divisions;
}

/**
 * Losses so that the best of each objective is 0 and the hyperplane through the extreme points cuts every axis at 1; where there
 * is no such plane, the worst of each objective is 1.
 */
export function normalizeLosses(losses: readonly (readonly number[])[]): number[][] {
  const columns = losses[0]!.map((_, i) => bounded(losses.map((point) => point[i]!)));
  const shifted = losses.map((_, row) => columns.map((column) => column[row]! - minimum(column)));
  const extremes = columns.map((_, axis) => shifted.reduce((a, b) => (reach(b, axis) < reach(a, axis) ? b : a)));
  const plane = solve(
    extremes,
    columns.map(() => 1),
  );
  const isPlane = plane?.every((inverse) => inverse > 0 && Number.isFinite(inverse));
  const scales = isPlane ? plane! : columns.map((_, i) => 1 / (Math.max(...shifted.map((point) => point[i]!)) || 1));
  return shifted.map((point) => point.map((value, i) => value * scales[i]!));
}

/** Infinite values moved to where they still are the best and the worst. */
function bounded(column: readonly number[]): number[] {
  const finite = column.filter(Number.isFinite);
  if (finite.length === 0) return column.map(() => 0);
  const [low, high] = [minimum(finite), -minimum(finite.map((value) => -value))];
  const margin = BEYOND * (high - low);
  return column.map((value) => Math.min(high + margin, Math.max(low - margin, value)));
}

function minimum(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

/** How far a point is from the axis: the smaller, the more extreme it is along it. */
function reach(point: readonly number[], axis: number): number {
  return Math.max(...point.map((value, i) => (i === axis ? value : HEAVY * value)));
}

export interface Niche {
  /** Index of the direction. */
  readonly direction: number;
  /** From the line through it. */
  readonly distance: number;
}

/** For each point the direction whose line through the origin is nearest. */
export function nichesOf(points: readonly (readonly number[])[], directions: readonly (readonly number[])[]): Niche[] {
  const squares = directions.map((w) => dot(w, w));
  return points.map((point) => {
    let nearest: Niche = { direction: 0, distance: Number.POSITIVE_INFINITY };
    for (const [direction, w] of directions.entries()) {
      const along = dot(point, w) / squares[direction]!;
      const rest = point.map((value, i) => value - along * w[i]!);
      const distance = Math.sqrt(dot(rest, rest));
      if (distance < nearest.distance) nearest = { direction, distance };
    }
    return nearest;
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/**
 * Rows of `candidates` to keep: each time one of a direction with the fewest kept so far, the nearest to an empty direction,
 * any other of the rest.
 * @param kept niches of those that are kept anyway
 * @param shuffled decides among equals; the last comes first
 */
export function fillNiches(
  count: number,
  kept: readonly Niche[],
  candidates: readonly Niche[],
  shuffled: <T>(items: readonly T[]) => T[],
): number[] {
  const waiting = new Map<number, number[]>();
  for (const [row, { direction }] of candidates.entries()) {
    const rows = waiting.get(direction);
    if (rows) rows.push(row);
    else waiting.set(direction, [row]);
  }
  const crowds = new Map([...waiting.keys()].map((direction) => [direction, 0]));
  for (const { direction } of kept) if (crowds.has(direction)) crowds.set(direction, crowds.get(direction)! + 1);
  const chosen: number[] = [];
  for (let crowd = 0; chosen.length < count; crowd++) {
    const open = [...crowds.keys()].filter((direction) => crowds.get(direction) === crowd);
    for (const direction of shuffled(open).reverse()) {
      if (chosen.length === count) break;
      const rows = waiting.get(direction)!;
      if (crowd === 0) rows.sort((a, b) => candidates[b]!.distance - candidates[a]!.distance || b - a);
      else waiting.set(direction, shuffled(rows));
      chosen.push(waiting.get(direction)!.pop()!);
      if (waiting.get(direction)!.length > 0) crowds.set(direction, crowd + 1);
      else crowds.delete(direction);
    }
  }
  return chosen;
}
