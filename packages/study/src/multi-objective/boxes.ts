/** The part of objective space that no known point dominates, cut into boxes. */

import { lexicographic } from './ranks.js';

export interface Box {
  /** Its best corner, −Infinity where it has no end; smaller is better in every coordinate. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * Boxes that do not overlap and together are all that is better than the reference in every objective and dominated by none of
 * the points: for n undominated points n + 1 boxes in two objectives, about 2n in three.
 */
export function undominatedBoxes(points: readonly (readonly number[])[], reference: readonly number[]): Box[] {
  const last = reference.length - 1;
  const inside = points.filter((point) => point.every((value, i) => value < reference[i]!));
  if (last === 0)
    return [{ low: [Number.NEGATIVE_INFINITY], high: [Math.min(reference[0]!, ...inside.map(([x]) => x!))] }];
  // From the best value of the last objective to the worst, points come in one by one. What remains of the other objectives
  // changes little by little: a box stays open for as long as it is part of that.
  const sorted = [...inside].sort((a, b) => a[last]! - b[last]! || lexicographic(a, b));
  const levels = [...new Set([Number.NEGATIVE_INFINITY, ...sorted.map((point) => point[last]!)])];
  const closed: Box[] = [];
  let open = new Map<string, Box & { from: number }>();
  let active = 0;
  const close = (boxes: Iterable<Box & { from: number }>, at: number) => {
    for (const { low, high, from } of boxes) closed.push({ low: [...low, from], high: [...high, at] });
  };
  for (const level of levels) {
    while (active < sorted.length && sorted[active]![last]! <= level) active++;
    const rest = undominatedBoxes(
      sorted.slice(0, active).map((point) => point.slice(0, last)),
      reference.slice(0, last),
    );
    const next = new Map(rest.map((box) => [keyOf(box), { ...box, from: level }]));
    for (const [key, box] of open) if (next.has(key)) next.set(key, box);
    close(
      [...open].filter(([key]) => !next.has(key)).map(([, box]) => box),
      level,
    );
    open = next;
  }
  close(open.values(), reference[last]!);
  return closed;
}

function keyOf({ low, high }: Box): string {
  return `${low}|${high}`;
}
