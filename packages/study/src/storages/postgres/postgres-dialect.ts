/** Optuna's tables in PostgreSQL: row locks, and a trial with all its parts in one query. */

import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Dialect, Selection } from '../relational/dialect.js';
import { formatTime } from '../relational/rows.js';
import type { Tables } from '../relational/schema.js';
import { first, lastly } from '../relational/script.js';
import { found } from '../relational/studies.js';
import { query } from './query.js';
import { COLUMNS, PARTS, readWhole, SELECT, selectWhole, type WholeTrial } from './whole-trials.js';
import { wholeWrites } from './whole-writes.js';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Numbers of trials are given out under this lock. */
const LOCK = 'SELECT study_id, study_name FROM studies WHERE study_id = $1 FOR NO KEY UPDATE';

/**
 * Needs the lock, taken by a statement before this one, so that it sees every trial there is. Where Optuna claims the
 * oldest waiting trial at this moment, it waits for that and then takes the next. `study_id + 0` keeps the planner from
 * the index by study, in which it would read all of the study's trials rather than the newest.
 */
const START = `
  WITH oldest AS MATERIALIZED (
    SELECT trial_id FROM trials WHERE study_id + 0 = $1 AND trial_id > $2 AND state = 'WAITING'
    ORDER BY trial_id LIMIT 1 FOR NO KEY UPDATE
  ), claimed AS (
    UPDATE trials SET state = 'RUNNING', datetime_start = $3::timestamp
    WHERE trial_id = (SELECT trial_id FROM oldest) RETURNING ${COLUMNS}
  ), created AS (
    INSERT INTO trials (number, study_id, state, datetime_start)
    SELECT coalesce(
        (SELECT number FROM trials WHERE study_id + 0 = $1 AND trial_id >= $2 ORDER BY trial_id DESC LIMIT 1),
        (SELECT number FROM trials WHERE study_id = $1 ORDER BY trial_id DESC LIMIT 1),
        -1
      ) + 1, study_id, 'RUNNING'::trialstate, $3::timestamp
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

export const postgresDialect: Dialect = {
  db,
  // As Optuna writes it: in the time zone of the session, which is the server's.
  clock: sql<string>`clock_timestamp()::timestamp`,
  locked: (select) => select.forNoKeyUpdate(),
  *startTrial(studyId, settledUpTo, now) {
    const start = query<WholeTrial>(START, [studyId, settledUpTo, formatTime(now)]);
    const [study, [started]] = yield* lastly(query<Tables['studies']>(LOCK, [studyId]), start);
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
  whole: wholeWrites,
  selectTrials(condition): Selection<FrozenTrial[]> {
    return { queries: [selectWhole(condition)], read: ([rows]) => (rows as WholeTrial[]).map(readWhole) };
  },
};
