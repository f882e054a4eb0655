/**
 * Reads all trials of a study at once. Nearly always they have the same parameters, so that these are read as columns, a
 * row for each trial, and not as rows of their own, each with its distribution: what a driver takes per row is most of it.
 */

import { type Compilable, type RawBuilder, sql } from 'kysely';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { toExternal } from '../../distributions/representation.js';
import type { JsonValue } from '../../json.js';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Builder } from './dialect.js';
import type { ReadParams, TrialRow } from './rows.js';
import { all, type Script, together } from './script.js';
import { joinTrials, PARTS, selectPart, selectTrials, TRIAL_COLUMNS } from './select-trials.js';

/** A parameter and one distribution that it has. */
interface Kind {
  readonly param_name: string;
  readonly distribution_json: string;
}

/** A trial with the value of each kind as `v0` and so on, null where it has none. */
type WideRow = TrialRow & Readonly<Record<`v${number}`, number | null>>;

/** SQLite joins at most 64 tables. */
const MOST_KINDS = 40;

export function* readStudy(db: Builder, studyId: number): Script<FrozenTrial[]> {
  const kinds = yield* all(newestKinds(db, studyId));
  if (kinds.length === 0 || kinds.length > MOST_KINDS) {
    const { queries, read } = selectTrials(db, { studyId });
    return read(yield* together(...queries));
  }
  const { params, ...others } = PARTS;
  const [rows, [counted], ...parts] = yield* together(
    wideTrials(db, studyId, kinds),
    selectPart(db, { studyId }, params).clearSelect().clearOrderBy().select(db.fn.countAll<number>().as('count')),
    ...Object.values(others).map((part) => selectPart(db, { studyId }, part)),
  );
  const read = paramsReader(kinds);
  const wide = rows.map(read);
  const count = wide.reduce((sum, { params }) => sum + Object.keys(params).length, 0);
  const rest = count === Number(counted!.count) ? [] : yield* all(paramsOfOtherKinds(db, studyId, kinds));
  return joinTrials(rows, [rest, ...parts], (place) => wide[place]!);
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
    ...TRIAL_COLUMNS.map((column) => sql`t.${sql.id(column)}`),
    ...kinds.map((_, i) => sql`${table(i)}.param_value AS ${sql.id(`v${i}`)}`),
  ];
  const joins = kinds.map(
    (kind, i) =>
      sql`LEFT JOIN trial_params ${table(i)} ON ${table(i)}.trial_id = t.trial_id AND ${isKind(kind, table(i))}`,
  );
  const text = sql<WideRow>`SELECT ${sql.join(columns)} FROM trials t ${sql.join(joins, sql` `)}
    WHERE t.study_id = ${studyId} ORDER BY t.trial_id`;
  return { compile: () => text.compile(db) };
}

function isKind({ param_name, distribution_json }: Kind, table: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${table}.param_name = ${param_name} AND ${table}.distribution_json = ${distribution_json})`;
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
