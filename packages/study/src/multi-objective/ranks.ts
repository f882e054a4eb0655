/** Trials of several objectives in order: by fronts none of which dominates within itself, and by how alone they stand. */

import { dominates } from '../study/best-trials.js';
import { violation } from '../trial/constraints.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';

/** A trial's values, each so that smaller is better. */
export function lossesOf(trial: Pick<FrozenTrial, 'values'>, directions: readonly Direction[]): number[] {
  return directions.map((direction, i) => (direction === 'minimize' ? 1 : -1) * trial.values![i]!);
}

/**
 * For each point the number of its front: 0 for those that none dominates, 1 for those that only such do, and so on
 * (Deb et al., IEEE Trans. Evol. Comput. 6, 2002). Equal points share a front.
 * @param enough fronts after so many distinct points are not told apart
 */
export function frontRanks(losses: readonly (readonly number[])[], enough = losses.length): Int32Array {
  const ranks = new Int32Array(losses.length);
  const order = [...losses.keys()].sort((a, b) => lexicographic(losses[a]!, losses[b]!));
  // Equal points are next to each other; the first of them stands for all.
  const standIn = new Int32Array(losses.length);
  const distinct: number[] = [];
  for (const row of order) {
    const last = distinct[distinct.length - 1];
    if (last === undefined || lexicographic(losses[last]!, losses[row]!) !== 0) distinct.push(row);
    standIn[row] = distinct[distinct.length - 1]!;
  }
  let rest = distinct;
  for (let rank = 0; rest.length > 0; rank++) {
    const isLast = distinct.length - rest.length >= enough;
    const front = isLast ? rest : frontOf(rest, losses);
    for (const row of front) ranks[row] = rank;
    const taken = new Set(front);
    rest = rest.filter((row) => !taken.has(row));
  }
  return ranks.map((_, row) => ranks[standIn[row]!]!);
}

/** @param rows distinct points in lexicographic order, in which only an earlier one can dominate a later one */
function frontOf(rows: readonly number[], losses: readonly (readonly number[])[]): number[] {
  const front: number[] = [];
  if (losses[rows[0]!]!.length === 2) {
    let lowest = Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (front.length > 0 && losses[row]![1]! >= lowest) continue;
      lowest = losses[row]![1]!;
      front.push(row);
    }
    return front;
  }
  for (const row of rows) if (!front.some((other) => dominates(losses[other]!, losses[row]!))) front.push(row);
  return front;
}

/** Feasible trials by front, then infeasible ones by how much they violate. */
export function constrainedRanks(trials: readonly FrozenTrial[], directions: readonly Direction[]): Int32Array {
  const excesses = trials.map(violation);
  const feasible = [...trials.keys()].filter((row) => excesses[row] === 0);
  const fronts = frontRanks(feasible.map((row) => lossesOf(trials[row]!, directions)));
  const ranks = new Int32Array(trials.length);
  for (const [i, row] of feasible.entries()) ranks[row] = fronts[i]!;
  const next = feasible.length > 0 ? Math.max(...fronts) + 1 : 0;
  const amounts = [...new Set(excesses.filter((excess) => excess > 0))].sort((a, b) => a - b);
  for (const [row, excess] of excesses.entries()) if (excess > 0) ranks[row] = next + amounts.indexOf(excess);
  return ranks;
}

/** Whether one trial is better: feasible ones before others, then by violation, then by dominance. */
export function constrainedDominates(a: FrozenTrial, b: FrozenTrial, directions: readonly Direction[]): boolean {
  const [ours, theirs] = [violation(a), violation(b)];
  if (ours > 0 || theirs > 0) return ours < theirs;
  return dominates(lossesOf(a, directions), lossesOf(b, directions));
}

/** Trials from the most alone to the most crowded by their values (crowding distance of the same paper). */
export function byCrowding(trials: readonly FrozenTrial[]): FrozenTrial[] {
  const sorted = [...trials];
  const distances = new Map(trials.map(({ number }) => [number, 0]));
  for (let i = 0; i < (trials[0]?.values?.length ?? 0); i++) {
    sorted.sort((a, b) => order(a.values![i]!, b.values![i]!));
    const values = sorted.map((trial) => trial.values![i]!);
    if (values[0] === values[values.length - 1]) continue;
    const lowest = values.find((value) => value !== Number.NEGATIVE_INFINITY)!;
    const highest = values.findLast((value) => value !== Number.POSITIVE_INFINITY)!;
    const width = highest > lowest ? highest - lowest : 1;
    for (const [j, { number }] of sorted.entries()) {
      const below = values[j - 1] ?? Number.NEGATIVE_INFINITY;
      const above = values[j + 1] ?? Number.POSITIVE_INFINITY;
      distances.set(number, distances.get(number)! + (below === above ? 0 : (above - below) / width));
    }
  }
  return sorted.sort((a, b) => order(distances.get(a.number)!, distances.get(b.number)!)).reverse();
}

function order(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

export function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return 0;
}
