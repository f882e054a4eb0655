/** Transactions as generators of queries: written once, run at one go by SQLite, awaited batch by batch by a server. */

import type { Compilable, CompiledQuery } from 'kysely';

/** Queries that run one after the other, and reach a server together. */
export interface Batch {
  readonly queries: readonly CompiledQuery[];
  /** Nothing is queried or refused after it, so that it may be sent together with the commit. */
  readonly last: boolean;
  /**
   * A transaction by itself, before that of the script. It may be sent again when its answer was lost, so the script must
   * find what it did before.
   */
  readonly alone?: boolean;
}

/**
 * Yields batches, is sent back the rows of each of their queries, returns a result. May be run again from the start, so
 * it does nothing but query.
 */
export type Script<T> = Generator<Batch, T, readonly (readonly unknown[])[]>;

/**
 * Looks for the traces of a transaction whose commit was sent and not answered: gives its result, or undefined when it
 * left none. The server knows a committed transaction of that number, but after a crash it gives numbers out again.
 * @param result what the script returned, unless its last batch was to bring it
 */
export type Recall<T> = (transaction: string, result: T | undefined) => Script<{ readonly value: T } | undefined>;

/** A database that runs each script in a transaction of its own. */
export interface RelationalDatabase {
  /** A consistent snapshot for reading. */
  read<T>(script: () => Script<T>): Promise<T>;
  /**
   * Commits when the script returns, rolls back when it throws.
   * @param recall asked when the answer to a commit was lost; default: the script is run again
   */
  write<T>(script: () => Script<T>, recall?: Recall<T>): Promise<T>;
  close(): Promise<void>;
}

type Rows<Q> = { [K in keyof Q]: Q[K] extends Compilable<infer R> ? R[] : never };

/** The rows of several queries that need nothing of each other's results. */
export function* together<const Q extends readonly Compilable<unknown>[]>(...queries: Q): Script<Rows<Q>> {
  return (yield { queries: queries.map((query) => query.compile()), last: false }) as Rows<Q>;
}

/** The same as the end of a script. */
export function* lastly<const Q extends readonly Compilable<unknown>[]>(...queries: Q): Script<Rows<Q>> {
  return (yield { queries: queries.map((query) => query.compile()), last: true }) as Rows<Q>;
}

/** The same as a transaction by itself, for a script that begins with it; only for databases with `Dialect.whole`. */
export function* alone<const Q extends readonly Compilable<unknown>[]>(...queries: Q): Script<Rows<Q>> {
  return (yield { queries: queries.map((query) => query.compile()), last: false, alone: true }) as Rows<Q>;
}

/** All rows of a query. */
export function* all<R>(query: Compilable<R>): Script<R[]> {
  return (yield* together(query))[0];
}

/** The first row of a query, or undefined. */
export function* first<R>(query: Compilable<R>): Script<R | undefined> {
  return (yield* all(query))[0];
}
