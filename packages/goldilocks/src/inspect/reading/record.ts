// What every reader yields: a record, or a row that could not be read and why.

/** One row as it stands in the file. Values are what the format gives: text, numbers, lists, objects. */
export interface RawRecord {
  kind: 'record';
  /** Line the row starts at, or row number in Parquet; from 1. */
  line: number;
  fields: Fields;
}

/** Columns by name. Own properties only: read with `field`, so that `__proto__` or `constructor` stay plain names. */
export type Fields = Readonly<Record<string, unknown>>;

export interface BadRow {
  kind: 'bad';
  line: number;
  /** Why, without a full stop: `not JSON: unexpected end`. */
  reason: string;
}

export type RowSource = AsyncIterable<RawRecord | BadRow>;

/** The value of a column, or undefined; never a value inherited from Object.prototype. */
export function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
