/** Log probabilities of discrete values, looked up: kernels that are alike share a row, points that are alike a column. */

export interface Table {
  /** Row by row. */
  readonly values: Float64Array;
  /** For a value that is not known yet (NaN). */
  readonly compute?: (row: number, column: number) => number;
  readonly width: number;
  /** By slot. */
  readonly rows: Int32Array;
  /** By point. */
  readonly columns: Int32Array;
}

/** What the kernel in a slot gives to point `i`. */
export function lookUp(table: Table, slot: number, i: number): number {
  const [row, column] = [table.rows[slot]!, table.columns[i]!];
  const at = row * table.width + column;
  const value = table.values[at]!;
  if (!Number.isNaN(value) || !table.compute) return value;
  return (table.values[at] = table.compute(row, column));
}
