/** Optuna's tables in PostgreSQL: row locks, and a trial with all its parts in one query. */

import {
  type Compilable,
  CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Dialect, Selection, TrialCondition } from '../relational/dialect.js';
import { formatTime, readTrial, type TrialRow } from '../relational/rows.js';
import type { IntermediateValueType, Tables, ValueType } from '../relational/schema.js';
import { first, lastly } from '../relational/script.js';
import { found, studyRow } from '../relational/studies.js';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

function query<R>(text: string, values: readonly unknown[]): Compilable<R> {
  return { compile: () => CompiledQuery.raw(text, [...values]) as CompiledQuery<R> };
}

const COLUMNS = 'trial_id, number, study_id, state, datetime_start, datetime_complete';
/** Each part of a trial `t` as a list of lists, in the order of its keys. */
const PARTS = `
  (SELECT json_agg(json_build_array(param_name, param_value, distribution_json) ORDER BY param_id)
    FROM trial_params p WHERE p.trial_id = t.trial_id) AS params,
  (SELECT json_agg(json_build_array(objective, value, value_type) ORDER BY trial_value_id)
    FROM trial_values p WHERE p.trial_id = t.trial_id) AS values_,
  (SELECT json_agg(json_build_array(step, intermediate_value, intermediate_value_type)
      ORDER BY trial_intermediate_value_id)
    FROM trial_intermediate_values p WHERE p.trial_id = t.trial_id) AS reports,
  (SELECT json_agg(json_build_array(key, value_json) ORDER BY trial_user_attribute_id)
    FROM trial_user_attributes p WHERE p.trial_id = t.trial_id) AS user_attributes,
  (SELECT json_agg(json_build_array(key, value_json) ORDER BY trial_system_attribute_id)
    FROM trial_system_attributes p WHERE p.trial_id = t.trial_id) AS system_attributes`;
const SELECT = `SELECT ${COLUMNS}, ${PARTS} FROM trials t`;

/**
 * Needs the study's lock, taken by a statement before this one, so that it sees every trial there is. Where Optuna
 * claims the oldest waiting trial at this moment, it waits for that and then takes the next.
 */
const START = `
  WITH oldest AS MATERIALIZED (
    SELECT trial_id FROM trials WHERE study_id = $1 AND trial_id > $2 AND state = 'WAITING'
    ORDER BY trial_id LIMIT 1 FOR NO KEY UPDATE
  ), claimed AS (
    UPDATE trials SET state = 'RUNNING', datetime_start = $3::timestamp
    WHERE trial_id = (SELECT trial_id FROM oldest) RETURNING ${COLUMNS}
  ), created AS (
    INSERT INTO trials (number, study_id, state, datetime_start)
    SELECT coalesce((SELECT number FROM trials WHERE study_id = $1 ORDER BY trial_id DESC LIMIT 1), -1) + 1,
      study_id, 'RUNNING'::trialstate, $3::timestamp
    FROM studies WHERE study_id = $1 AND NOT EXISTS (SELECT FROM oldest) RETURNING ${COLUMNS}
  )
  SELECT ${COLUMNS}, ${PARTS} FROM (SELECT * FROM claimed UNION ALL SELECT * FROM created) t`;

/** Every row names the transaction that wrote it. */
const WROTE = `SELECT ${[
  'trials',
  'trial_params',
  'trial_values',
  'trial_intermediate_values',
  'trial_user_attributes',
  'trial_system_attributes',
]
  .map((table) => `(SELECT count(*) FROM ${table} WHERE trial_id = $1 AND xmin = $2::xid8::xid)`)
  .join(' + ')} AS count`;

interface WholeTrial extends TrialRow {
  readonly params: string | null;
  readonly values_: string | null;
  readonly reports: string | null;
  readonly user_attributes: string | null;
  readonly system_attributes: string | null;
}

export const postgresDialect: Dialect = {
  db,
  // As Optuna writes it: in the time zone of the session, which is the server's.
  clock: sql<string>`clock_timestamp()::timestamp`,
  locked: (select) => select.forNoKeyUpdate(),
  *startTrial(studyId, settledUpTo, now) {
    const start = query<WholeTrial>(START, [studyId, settledUpTo, formatTime(now)]);
    const [study, [started]] = yield* lastly(this.locked(studyRow(db, studyId)), start);
    found(study, studyId);
    return readWhole(started!);
  },
  traces: {
    *started(transaction, studyId, now) {
      const which = 'study_id = $1 AND xmin = $2::xid8::xid AND datetime_start = $3::timestamp';
      const mine = query<WholeTrial>(`${SELECT} WHERE ${which}`, [studyId, transaction, formatTime(now)]);
      const row = yield* first(mine);
      return row && readWhole(row);
    },
    *wrote(transaction, trialId) {
      const row = yield* first(query<{ count: number }>(WROTE, [trialId, transaction]));
      return row!.count > 0;
    },
  },
  selectTrials(condition): Selection<FrozenTrial[]> {
    return { queries: [selectWhole(condition)], read: ([rows]) => (rows as WholeTrial[]).map(readWhole) };
  },
};

function selectWhole(condition: TrialCondition): Compilable<WholeTrial> {
  if ('trialId' in condition) return query(`${SELECT} WHERE trial_id = $1`, [condition.trialId]);
  const { studyId, filter } = condition;
  if (!filter) return query(`${SELECT} WHERE study_id = $1 ORDER BY trial_id`, [studyId]);
  const which = 'study_id = $1 AND (trial_id > $2 OR trial_id = ANY($3::int[]))';
  const also = `{${filter.also.join()}}`;
  return query(`${SELECT} WHERE ${which} ORDER BY trial_id`, [studyId, filter.newerThan, also]);
}

function readWhole(row: WholeTrial): FrozenTrial {
  const list = <R>(text: string | null, read: (cells: never) => R): R[] =>
    text === null ? [] : (JSON.parse(text) as never[]).map(read);
  const attribute = ([key, value_json]: [string, string]) => ({ key, value_json });
  return readTrial(row, {
    params: list(row.params, ([param_name, param_value, distribution_json]: [string, number, string]) => ({
      param_name,
      param_value,
      distribution_json,
    })),
    values: list(row.values_, ([objective, value, value_type]: [number, number | null, ValueType]) => ({
      objective,
      value,
      value_type,
    })),
    intermediateValues: list(row.reports, ([step, value, type]: [number, number | null, IntermediateValueType]) => ({
      step,
      intermediate_value: value,
      intermediate_value_type: type,
    })),
    userAttributes: list(row.user_attributes, attribute),
    systemAttributes: list(row.system_attributes, attribute),
  });
}
