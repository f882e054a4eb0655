/** Transactions as generators of queries: written once, run at one go by SQLite, awaited one by one by a server. */

import type { Compilable, CompiledQuery } from 'kysely';

/** Yields queries, is sent back their rows, returns a result. May be run again from the start, so it only queries. */
export type Script<T> = Generator<CompiledQuery, T, readonly unknown[]>;

/** A database that runs each script in a transaction of its own. */
export interface RelationalDatabase {
  /** A consistent snapshot for reading. */
  read<T>(script: () => Script<T>): Promise<T>;
  /** Holds the lock for writing from the first query on; commits when the script returns, rolls back when it throws. */
  write<T>(script: () => Script<T>): Promise<T>;
  close(): Promise<void>;
}

/** All rows of a query. */
export function* all<R>(query: Compilable<R>): Script<R[]> {
  return (yield query.compile()) as R[];
}

/** The first row of a query, or undefined. */
export function* first<R>(query: Compilable<R>): Script<R | undefined> {
  return (yield query.compile())[0] as R | undefined;
}
