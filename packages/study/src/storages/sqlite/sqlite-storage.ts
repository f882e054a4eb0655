/** A storage in a SQLite file that Python Optuna and optuna-dashboard open as their own. */

import { existsSync } from 'node:fs';
import { type Compilable, CompiledQuery } from 'kysely';
import { StorageError, StorageSchemaError } from '../../errors.js';
import { checkVersion } from '../relational/check-schema.js';
import { RelationalStorage } from '../relational/relational-storage.js';
import { SQLITE_LAYOUT } from '../relational/schema.js';
import { all, first, type Script } from '../relational/script.js';
import { SqliteDatabase } from './sqlite-database.js';
import { sqliteDialect } from './sqlite-dialect.js';

export interface SqliteOptions {
  /** How long to wait for another process that holds the database, in milliseconds. Default 30,000. */
  readonly busyTimeoutMs?: number;
  /** Read a file that is there already; writes are refused. Default false. */
  readonly readOnly?: boolean;
}

/**
 * Safe for many processes at once on a local disk (not a network one). Each write is on disk, past a power cut, when
 * its promise resolves: rollback journal with `synchronous=EXTRA`. The journal is truncated rather than deleted after
 * each commit: as durable, a quarter quicker, and sound beside processes that delete it. Not WAL, because SQLite before
 * 3.51.3 can lose commits there when two connections reset the log.
 */
export class SqliteStorage extends RelationalStorage {
  readonly #file: SqliteDatabase;
  readonly #readOnly: boolean;

  private constructor(file: SqliteDatabase, readOnly: boolean) {
    super(file, sqliteDialect);
    this.#file = file;
    this.#readOnly = readOnly;
  }

  /**
   * Opens a database file, or creates it.
   * @param path a file, or `:memory:`
   * @throws StorageSchemaError when the tables are of another version or not a study's
   * @throws StorageCorruptError when the file is not a sound database
   * @throws StorageError when it cannot be opened
   */
  static async open(path: string, options: SqliteOptions = {}): Promise<SqliteStorage> {
    const { readOnly = false, busyTimeoutMs = 30_000 } = options;
    if (readOnly && !existsSync(path)) throw new StorageError(`There is no file '${path}'.`);
    const database = await SqliteDatabase.open(path, busyTimeoutMs);
    try {
      await (readOnly ? prepareToRead(database, path) : prepareToWrite(database, path));
    } catch (error) {
      await database.close();
      throw error;
    }
    return new SqliteStorage(database, readOnly);
  }

  override async close(): Promise<void> {
    try {
      // Takes the empty journal away.
      if (!this.#readOnly) await this.#file.execute('PRAGMA journal_mode=DELETE');
    } finally {
      await super.close();
    }
  }
}

async function prepareToRead(database: SqliteDatabase, path: string): Promise<void> {
  await database.execute('PRAGMA query_only=ON');
  if ((await database.read(() => checkSchema(path))) === 'empty') {
    throw new StorageSchemaError(`'${path}' holds no tables of studies.`);
  }
}

async function prepareToWrite(database: SqliteDatabase, path: string): Promise<void> {
  await leaveWal(database, path);
  await database.execute('PRAGMA synchronous=EXTRA');
  if ((await database.read(() => checkSchema(path))) !== 'empty') return;
  await database.write(function* () {
    // Another process may have laid it out since.
    if ((yield* checkSchema(path)) === 'empty') for (const statement of SQLITE_LAYOUT) yield* all(raw(statement));
  });
}

async function leaveWal(database: SqliteDatabase, path: string): Promise<void> {
  const [row] = (await database.execute('PRAGMA journal_mode=TRUNCATE')) as { journal_mode: string }[];
  if (row?.journal_mode !== 'wal') return;
  throw new StorageError(
    `'${path}' is open elsewhere in write-ahead-log mode, which this SQLite cannot share safely; ` +
      'close the other program, then open the storage again.',
  );
}

function* checkSchema(path: string): Script<'empty' | 'current'> {
  const tables = yield* all(raw<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'"));
  if (tables.length === 0) return 'empty';
  if (!tables.some(({ name }) => name === 'alembic_version')) {
    throw new StorageSchemaError(
      `'${path}' is a SQLite database, but not of studies (it has no table alembic_version); choose another file.`,
    );
  }
  const row = yield* first(sqliteDialect.db.selectFrom('alembic_version').select('version_num'));
  checkVersion(row?.version_num, `'${path}'`);
  return 'current';
}

function raw<R>(text: string): Compilable<R> {
  return { compile: () => CompiledQuery.raw(text) as CompiledQuery<R> };
}
