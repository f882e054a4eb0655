/**
 * Several statements as one message to PostgreSQL: prepared once on each connection, answered together. Where one fails
 * the server skips the rest. (The pipeline mode of node-postgres synchronises after every statement and describes each
 * anew, which takes twice the processor time on both sides.)
 */

import type { CompiledQuery } from 'kysely';
import type { Connection, Submittable } from 'pg';

/** A statement that a connection has prepared. */
interface Prepared {
  readonly name: string;
  /** Null until the server has described them. */
  columns: readonly Column[] | null;
}

interface Column {
  readonly name: string;
  readonly isNumber: boolean;
}

/** Object identifiers of the types that are numbers here: int8, int2, int4, float4, float8. */
const NUMERIC = new Set([20, 21, 23, 700, 701]);
/** More would only fill the server's memory: statements whose text varies are not used again. */
const PREPARED_LIMIT = 300;

const prepared = new WeakMap<Connection, Map<string, Prepared>>();
let names = 0;

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Given to `client.query`, which calls its methods as the answers come. */
export class PipelinedBatch implements Submittable {
  readonly rows: Promise<unknown[][]>;
  readonly #queries: readonly CompiledQuery[];
  readonly #statements: Prepared[] = [];
  readonly #answers: Record<string, unknown>[][] = [];
  #known = new Map<string, Prepared>();
  #resolve!: (rows: unknown[][]) => void;
  #reject!: (error: unknown) => void;

  constructor(queries: readonly CompiledQuery[]) {
    this.#queries = queries;
    this.rows = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    this.#known = prepared.get(connection) ?? new Map();
    prepared.set(connection, this.#known);
    connection.stream.cork();
    for (const query of this.#queries) this.#send(connection, query);
    connection.sync();
    connection.stream.uncork();
    this.#answers.push([]);
  }

  #send(connection: Connection, { sql, parameters }: CompiledQuery): void {
    let statement = this.#known.get(sql);
    if (!statement) {
      const kept = this.#known.size < PREPARED_LIMIT;
      statement = { name: kept ? `goldilocks_${names++}` : '', columns: null };
      if (kept) this.#known.set(sql, statement);
      connection.parse({ name: statement.name, text: sql, types: [] }, true);
      connection.describe({ type: 'S', name: statement.name }, true);
    }
    this.#statements.push(statement);
    connection.bind({ statement: statement.name, values: parameters.map(text) }, true);
    connection.execute(null, true);
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    const statement = this.#statements[this.#answers.length - 1]!;
    statement.columns = fields.map(({ name, dataTypeID }) => ({ name, isNumber: NUMERIC.has(dataTypeID) }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const columns = this.#statements[this.#answers.length - 1]!.columns!;
    const row: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const field = fields[i]!;
      row[columns[i]!.name] = columns[i]!.isNumber && field !== null ? Number(field) : field;
    }
    this.#answers.at(-1)!.push(row);
  }

  handleCommandComplete(): void {
    this.#answers.push([]);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#answers.slice(0, -1));
  }

  handleError(error: unknown): void {
    // Statements after the failed one were not prepared, and before it we do not ask which were.
    for (const { sql } of this.#queries) this.#known.delete(sql);
    this.#reject(error);
  }
}

/** PostgreSQL reads parameters as text. */
function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
