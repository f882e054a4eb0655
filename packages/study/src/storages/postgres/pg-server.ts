/** A PostgreSQL server through node-postgres: a pool of pipelined connections. */

import type { CompiledQuery } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { InvalidOptionError } from '../../errors.js';
import { PipelinedBatch } from './pipelined-batch.js';
import type { PostgresConnection, PostgresServer } from './postgres-server.js';

export interface PostgresOptions {
  /** Connections at a time, opened as they are needed. Default 4. */
  readonly connections?: number;
  /** How long to go on trying when the server cannot be reached, in milliseconds. Default 60,000; at most 10,000 to open. */
  readonly reconnectMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Without an answer for so long, a connection is taken for dead: every statement here is short. */
const ANSWER_TIMEOUT_MS = 120_000;

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
    keepAlive: true,
    // Idle connections do not keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
  });
  // An idle connection that drops is replaced by the next query; without a listener Node would end the process.
  pool.on('error', () => undefined);
  return { label, connect: () => connect(pool), close: () => pool.end() };
}

/**
 * Whatever the server's default is: of the statements of one message, one after another that waited for a lock sees what
 * the lock's holder wrote.
 */
const READ_COMMITTED = 'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED';
const prepared = new WeakSet<PoolClient>();

async function connect(pool: Pool): Promise<PostgresConnection> {
  const client = await pool.connect();
  // While it is in use its errors reach whoever waits for an answer.
  const ignore = () => undefined;
  client.on('error', ignore);
  const release = (broken: boolean) => {
    client.removeListener('error', ignore);
    client.release(broken);
  };
  if (!prepared.has(client)) {
    await client.query(READ_COMMITTED).catch((error: unknown) => {
      release(true);
      throw error;
    });
    prepared.add(client);
  }
  return { send: (queries) => send(client, queries), release };
}

async function send(client: PoolClient, queries: readonly CompiledQuery[]): Promise<unknown[][]> {
  const batch = client.query(new PipelinedBatch(queries));
  const overdue = setTimeout(() => client.connection.stream.destroy(), ANSWER_TIMEOUT_MS);
  try {
    return await batch.rows;
  } finally {
    clearTimeout(overdue);
  }
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
