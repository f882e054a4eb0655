// All trials of a study in columns, kept up to date by the increments that the server sends.
import type { ParamColumn, Trials } from '@goldilocks/protocol/page';

export type TrialColumns = Omit<Trials, 'whole'> & {
  /** Row of a trial's number. */
  rows: ReadonlyMap<number, number>;
};

/** The columns after an answer; those before stay as they are, so that what shows them can compare. */
export function mergeTrials(before: TrialColumns | undefined, answer: Trials): TrialColumns {
  if (!before || answer.whole) return { ...answer, rows: new Map(answer.numbers.map((number, row) => [number, row])) };
  if (answer.numbers.length === 0) return { ...before, revision: answer.revision, total: answer.total };
  const rows = new Map(before.rows);
  const places = answer.numbers.map((number) => {
    const row = rows.get(number) ?? rows.size;
    rows.set(number, row);
    return row;
  });
  const patch = <Value>(of: (trials: Omit<Trials, 'whole'>) => Value[]) => patched(of(before), of(answer), places);
  const objectives = Math.max(before.values.length, answer.values.length);
  return {
    revision: answer.revision,
    total: answer.total,
    rows,
    numbers: patch(({ numbers }) => numbers),
    states: patch(({ states }) => states),
    values: Array.from({ length: objectives }, (_, i) =>
      filled(
        patch(({ values }) => values[i] ?? []),
        rows.size,
      ),
    ),
    params: mergeParams(before.params, answer.params, places, rows.size),
    lastValues: patch(({ lastValues }) => lastValues),
    lastSteps: patch(({ lastSteps }) => lastSteps),
    startedAt: patch(({ startedAt }) => startedAt),
    completedAt: patch(({ completedAt }) => completedAt),
    seconds: patch(({ seconds }) => seconds),
    feasible: patch(({ feasible }) => feasible),
    marked: patch(({ marked }) => marked),
    notes: patch(({ notes }) => notes),
  };
}

function mergeParams(before: ParamColumn[], after: ParamColumn[], places: number[], size: number): ParamColumn[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  return names.map((name) => {
    const old = before.find((column) => column.name === name);
    const fresh = after.find((column) => column.name === name);
    const values = patched(old?.values ?? [], fresh?.values ?? places.map(() => null), places);
    return { ...(fresh ?? old!), values: filled(values, size) };
  });
}

function patched<Value>(before: readonly Value[], fresh: readonly Value[], places: readonly number[]): Value[] {
  const column = before.slice();
  for (let i = 0; i < places.length; i++) column[places[i]!] = fresh[i]!;
  return column;
}

/** A column that began late has holes. */
function filled(column: (number | null | undefined)[], size: number): (number | null)[] {
  return Array.from({ length: size }, (_, row) => column[row] ?? null);
}
