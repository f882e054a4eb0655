/** A storage in a PostgreSQL database that Python Optuna and optuna-dashboard open as their own. */

import { type Compilable, CompiledQuery } from 'kysely';
import { StorageSchemaError } from '../../errors.js';
import { checkVersion } from '../relational/check-schema.js';
import { RelationalStorage } from '../relational/relational-storage.js';
import { POSTGRES_LAYOUT } from '../relational/schema.js';
import { all, first, type Script, together } from '../relational/script.js';
import { openPgServer, type PostgresOptions } from './pg-server.js';
import { PostgresDatabase } from './postgres-database.js';
import { postgresDialect } from './postgres-dialect.js';
import type { PostgresServer } from './postgres-server.js';

const RECONNECT_MS = 60_000;
/** A server that was never there is waited for less long: the URL may be wrong. */
const OPEN_MS = 10_000;
/** Serves to let one process at a time lay out the tables. */
const LAYOUT_LOCK = 0x676f6c64;

/**
 * Safe for any number of processes and machines. Each write is on the server's disk when its promise resolves (unless
 * the server was told otherwise by `synchronous_commit`). When the server goes away, calls wait for it to come back and
 * then happen once. Needs PostgreSQL 13 or newer.
 */
export class PostgresStorage extends RelationalStorage {
  private constructor(database: PostgresDatabase) {
    super(database, postgresDialect);
  }

  /**
   * Opens a database, and lays out the tables where there are none.
   * @param url `postgresql://user:password@host:port/database`; parameters such as `sslmode=verify-full` as for
   * PostgreSQL's own tools
   * @throws StorageUnavailableError when the server cannot be reached
   * @throws StorageSchemaError when the tables are of another version or not a study's
   */
  static async open(url: string, options: PostgresOptions = {}): Promise<PostgresStorage> {
    return PostgresStorage.on(await openPgServer(url, options), options);
  }

  /** The same on a server of one's own, e.g. one embedded in the process; it is closed with the storage. */
  static async on(
    server: PostgresServer,
    options: Pick<PostgresOptions, 'reconnectMs'> = {},
  ): Promise<PostgresStorage> {
    const { reconnectMs = RECONNECT_MS } = options;
    const opening = new PostgresDatabase(server, Math.min(reconnectMs, OPEN_MS));
    try {
      if (!(await opening.read(() => hasTables(server.label)))) await opening.write(() => layOut(server.label));
    } catch (error) {
      await opening.close();
      throw error;
    }
    return new PostgresStorage(new PostgresDatabase(server, reconnectMs));
  }
}

function* hasTables(label: string): Script<boolean> {
  // From the catalogue itself: what the server remembers of names that were not there outlasts the wait for a lock.
  const names = yield* all(
    raw<{ relname: string }>(
      "SELECT relname FROM pg_class WHERE relname IN ('alembic_version', 'studies') AND pg_table_is_visible(oid)",
    ),
  );
  if (names.length === 0) return false;
  if (names.length === 1) {
    throw new StorageSchemaError(
      `${label} holds a table ${names[0]!.relname} of another program; choose another database, or another schema by ` +
        'adding ?options=-csearch_path%3DNAME to the URL.',
    );
  }
  const row = yield* first(postgresDialect.db.selectFrom('alembic_version').select('version_num'));
  checkVersion(row?.version_num, label);
  return true;
}

function* layOut(label: string): Script<void> {
  yield* first(raw(`SELECT pg_advisory_xact_lock(${LAYOUT_LOCK})`));
  // Another process may have laid it out since.
  if (!(yield* hasTables(label))) yield* together(...POSTGRES_LAYOUT.map(raw));
}

function raw<R>(text: string): Compilable<R> {
  return { compile: () => CompiledQuery.raw(text) as CompiledQuery<R> };
}
