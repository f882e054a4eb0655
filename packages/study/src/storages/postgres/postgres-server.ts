/** What the storage needs of a PostgreSQL server, so that one embedded in the process can take its place. */

import type { CompiledQuery } from 'kysely';

/** A session with the server, owned until it is given back. */
export interface PostgresConnection {
  /**
   * Sends queries at one go; they run one after the other. Gives the rows of each.
   * @throws the error of the first that failed, when all have been answered
   */
  send(queries: readonly CompiledQuery[]): Promise<unknown[][]>;
  /** @param broken it is not to be used again */
  release(broken: boolean): void;
}

export interface PostgresServer {
  /** Names the server in messages; holds no password. */
  readonly label: string;
  /** A session of its own; waits while all are in use. */
  connect(): Promise<PostgresConnection>;
  close(): Promise<void>;
}
