/** Databases of their own on the server that GOLDILOCKS_POSTGRES names; see .ci/with-postgres. */

import pg from 'pg';

let databases = 0;

/** Runs statements on a server. */
export async function execute(url: string, ...statements: string[]): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows: unknown[][] = [];
    for (const statement of statements) rows.push((await client.query(statement)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

/** Creates an empty database and gives its URL. */
export async function newDatabase(server: string): Promise<string> {
  const name = `test_${process.pid}_${databases++}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
