/** Optuna's tables in PostgreSQL: row locks, and a trial with all its parts in one query. */

import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Dialect, Selection } from '../relational/dialect.js';
import type { Tables } from '../relational/schema.js';
import { first } from '../relational/script.js';
import { query } from './query.js';
import { startTrial } from './start-trial.js';
import { readWhole, selectWhole, type WholeTrial } from './whole-trials.js';
import { wholeWrites } from './whole-writes.js';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

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
  startTrial,
  traces: {
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
