/** Optuna's tables in SQLite, of which a writing transaction has the whole. */

import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../relational/dialect.js';
import { readStudy } from '../relational/read-study.js';
import type { Tables } from '../relational/schema.js';
import { selectTrials } from '../relational/select-trials.js';
import { startTrial } from '../relational/trials.js';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export const sqliteDialect: Dialect = {
  db,
  clock: sql<string>`strftime('%Y-%m-%d %H:%M:%f000', 'now')`,
  locked: (query) => query,
  startTrial: (studyId, settledUpTo, now) => () => startTrial(db, studyId, settledUpTo, now),
  readStudy: (studyId) => readStudy(db, studyId),
  selectTrials: (condition) => selectTrials(db, condition),
};
