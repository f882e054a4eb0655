// One way of stating a problem: what, how many rows, where the first ones are, what to do.
import type { InspectedRow, Problem, ProblemKind } from './types.js';

/** Rows named at most. */
const maxPlaces = 100;

export interface Finding {
  kind: ProblemKind;
  severity: Problem['severity'];
  message: string;
  advice: string;
}

/** `places` are all rows concerned; the first hundred are kept. */
export function problem(finding: Finding, places: readonly Pick<InspectedRow, 'file' | 'line'>[]): Problem {
  const first = places.slice(0, maxPlaces);
  return {
    ...finding,
    count: places.length,
    lines: first.map(({ line }) => line),
    places: first.map(({ file, line }) => `${file}:${line}`),
  };
}

/** `1 row`, `12 rows`. */
export function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

/** `0.3 %`, `12 %`; never a rounded 0 for something that is there. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return 'under 0.1 %';
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}
