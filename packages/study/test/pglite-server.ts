/** PostgreSQL embedded in this process, in place of a server: one session, which callers have one after the other. */

import { PGlite } from '@electric-sql/pglite';
import type { CompiledQuery } from 'kysely';
import type { PostgresConnection, PostgresServer } from '../src/storages/postgres/postgres-server.js';

const text = (value: string) => value;
/** json, timestamp and the like stay text; numbers become numbers. */
const parsers = { 114: text, 1114: text, 1184: text, 20: Number };

export class PgliteServer implements PostgresServer {
  readonly label = 'postgresql://embedded';
  readonly #database = new PGlite();
  #free: Promise<unknown> = Promise.resolve();

  async connect(): Promise<PostgresConnection> {
    let release = () => {};
    const taken = new Promise<void>((resolve) => {
      release = resolve;
    });
    const before = this.#free;
    this.#free = before.then(() => taken);
    await before;
    return { send: (queries) => this.#send(queries), release };
  }

  /** A schema of its own, in which all that follows works. */
  async useNewSchema(name: string): Promise<void> {
    await this.#database.exec(`CREATE SCHEMA ${name}; SET search_path = ${name}`);
  }

  async #send(queries: readonly CompiledQuery[]): Promise<unknown[][]> {
    const answers: unknown[][] = [];
    let failed: { readonly error: unknown } | undefined;
    for (const { sql, parameters } of queries) {
      try {
        answers.push((await this.#database.query(sql, [...parameters], { parsers })).rows);
      } catch (error) {
        failed ??= { error };
      }
    }
    if (failed) throw failed.error;
    return answers;
  }

  /** Storages come and go; the database stays until `end`. */
  async close(): Promise<void> {}

  async end(): Promise<void> {
    await this.#database.close();
  }
}
