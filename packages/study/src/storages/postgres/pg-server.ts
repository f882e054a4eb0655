/** A PostgreSQL server through node-postgres: a pool of pipelined connections. */

import type { CompiledQuery } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { InvalidOptionError } from '../../errors.js';
import type { PostgresConnection, PostgresServer } from './postgres-server.js';

export interface PostgresOptions {
  /** Connections at a time, opened as they are needed. Default 4. */
  readonly connections?: number;
  /** How long to go on trying when the server cannot be reached, in milliseconds. Default 60,000. */
  readonly reconnectMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Without an answer for so long, a connection is taken for dead: every statement here is short. */
const ANSWER_TIMEOUT_MS = 120_000;

/** Object identifiers of PostgreSQL's types that are numbers here: int8, int2, int4, float4, float8. */
const NUMERIC = new Set([20, 21, 23, 700, 701]);
const types = {
  getTypeParser: (oid: number) => (NUMERIC.has(oid) ? Number : (text: string) => text),
} as unknown as NonNullable<import('pg').ClientConfig['types']>;

/** Statements by text that are prepared on each connection; those whose text varies would only fill its memory. */
const names = new Map<string, string>();
const NAMES_LIMIT = 200;

/**
 * @param url as PostgreSQL's own tools take it, with `sslmode`, `host`, `options` and the like as parameters
 * @throws InvalidOptionError when the URL cannot be read
 */
export async function openPgServer(url: string, { connections = 4 }: PostgresOptions): Promise<PostgresServer> {
  const label = labelOf(url);
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'goldilocks',
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    // Idle connections do not keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
    pipeline: true,
    types,
  });
  // An idle connection that drops is replaced by the next query; without a listener Node would end the process.
  pool.on('error', () => undefined);
  return { label, connect: () => connect(pool), close: () => pool.end() };
}

async function connect(pool: Pool): Promise<PostgresConnection> {
  const client = await pool.connect();
  // While it is in use its errors reach whoever waits for an answer.
  const ignore = () => undefined;
  client.on('error', ignore);
  return {
    send: (queries) => send(client, queries),
    release(broken) {
      client.removeListener('error', ignore);
      client.release(broken);
    },
  };
}

async function send(client: PoolClient, queries: readonly CompiledQuery[]): Promise<unknown[][]> {
  const answers = await Promise.allSettled(
    queries.map(({ sql, parameters }) =>
      client.query({ name: nameOf(sql), text: sql, values: [...parameters], types }),
    ),
  );
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value.rows;
  });
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known || names.size >= NAMES_LIMIT) return known;
  const name = `goldilocks_${names.size}`;
  names.set(sql, name);
  return name;
}

/** The URL without password and parameters. */
export function labelOf(url: string): string {
  try {
    const { username, host, pathname } = new URL(url);
    return `postgresql://${username ? `${username}@` : ''}${host}${pathname}`;
  } catch {
    // The error would show the password.
    throw new InvalidOptionError(
      'The PostgreSQL URL cannot be read; write postgresql://user:password@host:5432/database, ' +
        'with special characters of the password as %40 and the like.',
    );
  }
}
