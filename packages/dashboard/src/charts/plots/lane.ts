// An axis with a lane below its values, for trials that have none: a line that ended there, or left the axis out, would mislead.
import type { ValuedAxis } from '@goldilocks/protocol/page';
import { MISSING } from '../../filter/columns.js';
import type { Condition } from '../../filter/where.js';

/** Of the axis's length. */
const DEPTH = 0.14;

export interface Laned {
  /** Where a row's line crosses the axis. */
  place: (row: number) => number;
  /** The coordinate of the lane; null where no value is missing. */
  lane: number | null;
  /** Both ends of what is drawn; null for choices, and where nothing is known. */
  range: [number, number] | null;
  /** Ends of a selection in coordinates of the values; null where only the lane is selected. */
  valuesIn: (ends: readonly number[]) => [number, number] | null;
}

export function withLane({ values, scale, range }: ValuedAxis, rows: readonly number[]): Laned {
  const ordered = (ends: readonly number[]): [number, number] => [Math.min(...ends), Math.max(...ends)];
  const value = (row: number) => values[row] ?? null;
  if (rows.every((row) => value(row) !== null)) {
    return { place: (row) => value(row)!, lane: null, range, valuesIn: ordered };
  }
  if (scale === 'category') {
    return {
      place: (row) => (value(row) ?? -1) + 1,
      lane: 0,
      range: null,
      valuesIn: (ends) => {
        const [low, high] = ordered(ends);
        return high < 0.5 ? null : [low - 1, high - 1];
      },
    };
  }
  const [low, high] = range ?? [0, 1];
  const lane = scale === 'log' ? low / (high / low) ** DEPTH : low - DEPTH * (high - low || Math.abs(low) || 1);
  return {
    place: (row) => value(row) ?? lane,
    lane,
    range: [lane, high],
    valuesIn: (ends) => {
      const [from, to] = ordered(ends);
      return to < low ? null : [Math.max(from, low), to];
    },
  };
}

export const missingOf = (column: string): Condition => ({ column, oneOf: [MISSING] });
