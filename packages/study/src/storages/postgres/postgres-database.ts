/**
 * Transactions on a PostgreSQL server. Conflicts are run again; when the server goes away it is looked for until it is
 * back, and a transaction whose commit was not answered is asked after, so that it happens once.
 */

import { CompiledQuery } from 'kysely';
import { StorageError, StorageUnavailableError } from '../../errors.js';
import type { Recall, RelationalDatabase, Script } from '../relational/script.js';
import { codeOf, explain, isConflict, isGone } from './postgres-errors.js';
import type { PostgresConnection, PostgresServer } from './postgres-server.js';

const CONFLICTS_ALLOWED = 20;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;
/** What `pg_xact_status` says of a transaction number still to come. */
const INVALID_PARAMETER = '22023';

const READ = CompiledQuery.raw('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
/** Read committed: a statement after one that waited for a lock sees what the lock's holder wrote. */
const WRITE = CompiledQuery.raw('BEGIN ISOLATION LEVEL READ COMMITTED');
const NUMBER = CompiledQuery.raw('SELECT pg_current_xact_id()::text AS number');
const COMMIT = CompiledQuery.raw('COMMIT');
const ROLLBACK = CompiledQuery.raw('ROLLBACK');

/** A transaction whose commit was sent. */
interface Commit<T> {
  readonly transaction: string;
  /** The script's result, unless it was still on its way with the answer. */
  readonly result?: { readonly value: T };
}

export class PostgresDatabase implements RelationalDatabase {
  readonly #server: PostgresServer;
  readonly #reconnectMs: number;

  constructor(server: PostgresServer, reconnectMs: number) {
    this.#server = server;
    this.#reconnectMs = reconnectMs;
  }

  read<T>(script: () => Script<T>): Promise<T> {
    return this.#patiently(async (connection) => {
      const alone = await readAlone(connection, script());
      if (alone) return alone.value;
      await connection.send([READ]);
      const value = await play(connection, script());
      await connection.send([COMMIT]);
      return value;
    });
  }

  write<T>(script: () => Script<T>, recall?: Recall<T>): Promise<T> {
    let sent: Commit<T> | undefined;
    return this.#patiently(async (connection) => {
      if (sent && recall && (await isCommitted(connection, sent.transaction))) {
        const found = await play(connection, recall(sent.transaction, sent.result?.value));
        if (found) return found.value;
      }
      sent = undefined;
      return await transact(connection, script(), (commit) => {
        sent = commit;
      });
    });
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Runs an attempt on a connection, again after conflicts and after the server was away. */
  async #patiently<T>(attempt: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    let conflicts = 0;
    let deadline: number | undefined;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await this.#once(attempt);
      } catch (error) {
        if (isGone(error)) {
          deadline ??= performance.now() + this.#reconnectMs;
          if (performance.now() >= deadline) throw this.#unavailable(error);
        } else if (!isConflict(error) || ++conflicts > CONFLICTS_ALLOWED) {
          throw explain(error, this.#server.label);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    }
  }

  async #once<T>(attempt: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    const connection = await this.#server.connect();
    let broken = false;
    try {
      return await attempt(connection);
    } catch (error) {
      broken = isGone(error) || !(await rollback(connection));
      throw error;
    } finally {
      connection.release(broken);
    }
  }

  #unavailable(cause: unknown): StorageError {
    return new StorageUnavailableError(
      `${this.#server.label} could not be reached for ${this.#reconnectMs / 1000} s; start the server or ` +
        'correct the URL, then go on: what was told is stored.',
      { cause },
    );
  }
}

/** A script that needs one query needs no transaction; undefined when it needs more. */
async function readAlone<T>(connection: PostgresConnection, script: Script<T>): Promise<{ value: T } | undefined> {
  const step = script.next();
  if (step.done) return step;
  if (step.value.queries.length !== 1) return undefined;
  const next = script.next(await connection.send(step.value.queries));
  return next.done ? next : undefined;
}

async function play<T>(connection: PostgresConnection, script: Script<T>): Promise<T> {
  let step = script.next();
  while (!step.done) step = script.next(await connection.send(step.value.queries));
  return step.value;
}

/** @param committing told just before the commit is sent */
async function transact<T>(
  connection: PostgresConnection,
  script: Script<T>,
  committing: (commit: Commit<T>) => void,
): Promise<T> {
  let transaction: string | undefined;
  /** The transaction begins together with its first queries, and is numbered before its commit. */
  const send = async (queries: readonly CompiledQuery[]) => {
    if (transaction !== undefined) return connection.send(queries);
    const [, numbers, ...rows] = await connection.send([WRITE, NUMBER, ...queries]);
    transaction = (numbers as [{ number: string }])[0].number;
    return rows;
  };
  let step = script.next();
  while (!step.done) {
    const { queries, last, alone } = step.value;
    if (alone) {
      step = script.next(await connection.send(queries));
      continue;
    }
    if (!last) {
      step = script.next(await send(queries));
      continue;
    }
    if (transaction === undefined) await send([]);
    committing({ transaction: transaction! });
    const rows = await connection.send([...queries, COMMIT]);
    const end = script.next(rows.slice(0, -1));
    if (!end.done) throw new StorageError('A script went on after its last batch.');
    return end.value;
  }
  if (transaction === undefined) return step.value;
  committing({ transaction, result: step });
  await connection.send([COMMIT]);
  return step.value;
}

/** Whether a transaction whose commit was sent has happened; waits while the server is still about it. */
async function isCommitted(connection: PostgresConnection, transaction: string): Promise<boolean> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const status = await statusOf(connection, transaction);
    if (status !== 'in progress') return status === 'committed';
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function statusOf(connection: PostgresConnection, transaction: string): Promise<string | null> {
  const query = CompiledQuery.raw('SELECT pg_xact_status($1::xid8) AS status', [transaction]);
  try {
    const [[row]] = (await connection.send([query])) as [[{ status: string | null }]];
    return row.status;
  } catch (error) {
    // A server that crashed before the transaction was on its disk has not reached that number again: it never happened.
    if (codeOf(error) === INVALID_PARAMETER) return null;
    throw error;
  }
}

/** Whether the connection is fit for another transaction. */
async function rollback(connection: PostgresConnection): Promise<boolean> {
  try {
    await connection.send([ROLLBACK]);
    return true;
  } catch {
    return false;
  }
}
