// Which trials are shown: conditions on their columns, kept in the address so that every view of a study applies them.
import { keyIn, type TrialColumn } from './columns.js';

/** Between both ends, each may be open; or one of some choices, by their keys. */
export type Condition =
  | { column: string; low: number | null; high: number | null }
  | { column: string; oneOf: readonly string[] };

/** `p.learningRate:0.0001..0.001;state=COMPLETE|PRUNED`, names and choices percent-encoded where needed; an empty choice is a missing value. */
export function writeWhere(conditions: readonly Condition[]): string | undefined {
  const parts = conditions.map((condition) => {
    const column = encode(condition.column);
    if ('oneOf' in condition) return `${column}=${condition.oneOf.map(encode).join('|')}`;
    return `${column}:${condition.low ?? ''}..${condition.high ?? ''}`;
  });
  return parts.length === 0 ? undefined : parts.join(';');
}

/** What it does not understand it leaves out: addresses are typed by people, too. */
export function readWhere(where: string | undefined): Condition[] {
  return (where ?? '').split(';').flatMap((part): Condition[] => {
    const range = /^([^:=]+):(.*)\.\.(.*)$/.exec(part);
    if (range) {
      const [low, high] = [end(range[2]!), end(range[3]!)];
      return low === undefined || high === undefined ? [] : [{ column: decode(range[1]!), low, high }];
    }
    const choice = /^([^:=]+)=(.*)$/.exec(part);
    return choice ? [{ column: decode(choice[1]!), oneOf: choice[2]!.split('|').map(decode) }] : [];
  });
}

/** The conditions with a column's replaced; an empty list for `column` takes its condition away. */
export function replaced(before: readonly Condition[], column: string, now: readonly Condition[]): Condition[] {
  return [...before.filter((condition) => condition.column !== column), ...now];
}

/** Whether a row meets them all. A condition on a column that the study does not have is met by none. */
export function matcher(columns: readonly TrialColumn[], conditions: readonly Condition[]): (row: number) => boolean {
  const tests = conditions.map((condition) => test(columns, condition));
  return (row) => tests.every((meets) => meets(row));
}

function test(columns: readonly TrialColumn[], condition: Condition): (row: number) => boolean {
  const column = columns.find(({ id }) => id === condition.column);
  if (!column) return () => false;
  if ('oneOf' in condition) {
    const wanted = new Set(condition.oneOf);
    return (row) => wanted.has(keyIn(column, row));
  }
  const low = condition.low ?? Number.NEGATIVE_INFINITY;
  const high = condition.high ?? Number.POSITIVE_INFINITY;
  return (row) => {
    const value = column.value(row);
    return value !== null && value >= low && value <= high;
  };
}

const encode = encodeURIComponent;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function end(written: string): number | null | undefined {
  if (written === '') return null;
  const value = Number(written);
  return Number.isNaN(value) ? undefined : value;
}
