/**
 * Reads all trials of a study at once. Nearly always they have the same parameters and one value, so that these are read as
 * columns, a row for each trial, and not as rows of their own: what a driver takes per row is most of it.
 */

import { type Compilable, type RawBuilder, sql } from 'kysely';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { toExternal } from '../../distributions/representation.js';
import type { JsonValue } from '../../json.js';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Builder } from './dialect.js';
import type { ReadParams, TrialParts, TrialRow } from './rows.js';
import type { ValueType } from './schema.js';
import { all, type Script, together } from './script.js';
import { joinTrials, PARTS, selectPart, selectTrials, TRIAL_COLUMNS } from './select-trials.js';

/** A parameter and one distribution that it has. */
interface Kind {
  readonly param_name: string;
  readonly distribution_json: string;
}

/**
 * A trial with each kind's value as `v0` and so on, null where it has none, and the value of its first objective (the type is
 * null where the value is finite; both are where there is none).
 */
type WideRow = Omit<TrialRow, 'study_id'> &
  Readonly<Record<`v${number}`, number | null>> & {
    readonly value: number | null;
    readonly value_type: ValueType | null;
  };

/** SQLite joins at most 64 tables. */
const MOST_KINDS = 40;

export function* readStudy(db: Builder, studyId: number): Script<FrozenTrial[]> {
  const kinds = yield* all(newestKinds(db, studyId));
  if (kinds.length === 0 || kinds.length > MOST_KINDS) {
    const { queries, read } = selectTrials(db, { studyId });
    return read(yield* together(...queries));
  }
  const { params, values, ...others } = PARTS;
  const [rows, [counted], ...parts] = yield* together(
    wideTrials(db, studyId, kinds),
    selectPart(db, { studyId }, params).clearSelect().clearOrderBy().select(db.fn.countAll<number>().as('count')),
    selectPart(db, { studyId }, values).where(sql<boolean>`objective > 0`),
    ...Object.values(others).map((part) => selectPart(db, { studyId }, part)),
  );
  const read = paramsReader(kinds);
  const wide = rows.map(read);
  const count = wide.reduce((sum, { params }) => sum + Object.keys(params).length, 0);
  const rest = count === Number(counted!.count) ? [] : yield* all(paramsOfOtherKinds(db, studyId, kinds));
  return joinTrials(rows, [rest, ...parts], (place) => ({ ...wide[place]!, values: firstValue(rows[place]!) }));
}

/** Those of the newest trial that has any. */
function newestKinds(db: Builder, studyId: number): Compilable<Kind> {
  const newest = db
    .selectFrom('trials')
    .innerJoin('trial_params', 'trial_params.trial_id', 'trials.trial_id')
    .select('trials.trial_id')
    .where('study_id', '=', studyId)
    .orderBy('trials.trial_id', 'desc')
    .limit(1);
  return db
    .selectFrom('trial_params')
    .select(['param_name', 'distribution_json'])
    .where('trial_id', '=', newest)
    .orderBy(sql.ref('param_id'));
}

function wideTrials(db: Builder, studyId: number, kinds: readonly Kind[]): Compilable<WideRow> {
  const table = (i: number) => sql.id(`p${i}`);
  const columns = [
    ...TRIAL_COLUMNS.filter((column) => column !== 'study_id').map((column) => sql`t.${sql.id(column)}`),
    sql`o.value, nullif(o.value_type, 'FINITE') AS value_type`,
    ...kinds.map((_, i) => sql`${table(i)}.param_value AS ${sql.id(`v${i}`)}`),
  ];
  const joins = kinds.map(
    (kind, i) =>
      sql`LEFT JOIN trial_params ${table(i)} ON ${table(i)}.trial_id = t.trial_id AND ${isKind(kind, table(i))}`,
  );
  const text = sql<WideRow>`SELECT ${sql.join(columns)} FROM trials t ${sql.join(joins, sql` `)}
    LEFT JOIN trial_values o ON o.trial_id = t.trial_id AND o.objective = 0
    WHERE t.study_id = ${studyId} ORDER BY t.trial_id`;
  return { compile: () => text.compile(db) };
}

function isKind({ param_name, distribution_json }: Kind, table: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${table}.param_name = ${param_name} AND ${table}.distribution_json = ${distribution_json})`;
}

function firstValue({ value, value_type }: WideRow): TrialParts['values'] {
  return value === null && value_type === null ? [] : [{ objective: 0, value, value_type: value_type ?? 'FINITE' }];
}

/** Reads a trial's parameters of these kinds; trials that have them all share the distributions. */
function paramsReader(kinds: readonly Kind[]): (row: WideRow) => ReadParams {
  const columns = kinds.map(({ param_name, distribution_json }, i) => ({
    name: param_name,
    column: `v${i}` as const,
    distribution: parseDistribution(distribution_json),
  }));
  const every = Object.fromEntries(columns.map(({ name, distribution }) => [name, distribution]));
  return (row) => {
    const there = columns.filter(({ column }) => row[column] !== null);
    const params: Record<string, JsonValue> = {};
    for (const { name, column, distribution } of there) params[name] = toExternal(distribution, row[column]!);
    if (there.length === columns.length) return { params, distributions: every };
    return { params, distributions: Object.fromEntries(there.map(({ name, distribution }) => [name, distribution])) };
  };
}

function paramsOfOtherKinds(db: Builder, studyId: number, kinds: readonly Kind[]) {
  const known = kinds.map((kind) => isKind(kind, sql.id('trial_params')));
  return selectPart(db, { studyId }, PARTS.params).where(sql<boolean>`NOT (${sql.join(known, sql` OR `)})`);
}
