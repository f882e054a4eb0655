/**
 * A SQLite file through libsql, one transaction at a time and each within one turn of the event loop.
 *
 * The driver is synchronous. Were a transaction spread over several turns, a second object on the same file in the same
 * process would wait for a lock whose holder cannot go on. Between processes, waiting is done by trying again later, so
 * that the event loop stays free.
 */

import type { Database, Statement } from 'libsql';
import { StorageBusyError, StorageCorruptError, StorageError } from '../../errors.js';
import type { RelationalDatabase, Script } from '../relational/script.js';

/** How long SQLite itself waits for a lock, which blocks the event loop: enough for another's commit. */
const BLOCKING_WAIT_MS = 50;
const STATEMENTS_KEPT = 256;

/** What to do, by the beginning of SQLite's code. */
const HINTS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full; free some space and try again',
  SQLITE_READONLY:
    'it is open for reading only, or the file or its folder is read-only; allow writing or choose another',
  SQLITE_IOERR: 'the disk cannot be read or written; see that it is neither full nor failing',
  SQLITE_CANTOPEN: 'the file or its folder cannot be opened; see that they are there and may be written',
};

export class SqliteDatabase implements RelationalDatabase {
  readonly #path: string;
  readonly #connection: Database;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Statement>();

  private constructor(path: string, connection: Database, busyTimeoutMs: number) {
    this.#path = path;
    this.#connection = connection;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  static async open(path: string, busyTimeoutMs: number): Promise<SqliteDatabase> {
    const { default: Database } = await import('libsql');
    try {
      return new SqliteDatabase(path, new Database(path, { timeout: BLOCKING_WAIT_MS }), busyTimeoutMs);
    } catch (cause) {
      throw new StorageError(`Cannot open '${path}': its folder must exist and be writable.`, { cause });
    }
  }

  read<T>(script: () => Script<T>): Promise<T> {
    return this.#transact('BEGIN', script);
  }

  write<T>(script: () => Script<T>): Promise<T> {
    return this.#transact('BEGIN IMMEDIATE', script);
  }

  /** Runs one statement outside a transaction, waiting for locks. */
  execute(statement: string): Promise<readonly unknown[]> {
    return this.#patiently(() => this.#run(statement, []));
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#connection.close();
  }

  #transact<T>(begin: string, script: () => Script<T>): Promise<T> {
    return this.#patiently(() => {
      this.#connection.exec(begin);
      try {
        const result = this.#play(script());
        this.#connection.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #play<T>(script: Script<T>): T {
    let step = script.next();
    while (!step.done) {
      step = script.next(step.value.queries.map(({ sql, parameters }) => this.#run(sql, parameters)));
    }
    return step.value;
  }

  #run(sql: string, parameters: readonly unknown[]): readonly unknown[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      if (this.#statements.size >= STATEMENTS_KEPT) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    if (statement.reader) return statement.all(parameters);
    statement.run(parameters);
    return [];
  }

  /** Tries again while the database is locked, with growing random pauses, until the busy timeout has passed. */
  async #patiently<T>(attempt: () => T): Promise<T> {
    const deadline = performance.now() + this.#busyTimeoutMs;
    for (let pause = 2; ; pause = Math.min(pause * 2, 100)) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error)) throw this.#explain(error);
        if (performance.now() >= deadline) {
          throw new StorageBusyError(
            `'${this.#path}' was locked by another process for more than ${this.#busyTimeoutMs} ms; ` +
              'close the program that holds it, or open the storage with a longer busyTimeoutMs.',
            { cause: error },
          );
        }
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      }
    }
  }

  #explain(error: unknown): unknown {
    const code = errorCode(error);
    if (!code) return error;
    if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
      return new StorageCorruptError(
        `'${this.#path}' is not a sound SQLite database; choose another file or restore it from a copy.`,
        { cause: error },
      );
    }
    const hint =
      Object.entries(HINTS).find(([start]) => code.startsWith(start))?.[1] ??
      `SQLite says: ${(error as Error).message}`;
    return new StorageError(`'${this.#path}' could not be used: ${hint}.`, { cause: error });
  }
}

function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

function isBusy(error: unknown): boolean {
  const code = errorCode(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}
