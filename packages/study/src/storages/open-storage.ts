/** Opens the storage that a URL names; the database's driver is loaded only then. */

import { InvalidOptionError } from '../errors.js';
import { MemoryStorage } from './memory.js';
import type { PostgresOptions } from './postgres/pg-server.js';
import type { SqliteOptions } from './sqlite/sqlite-storage.js';
import type { Storage } from './storage.js';

export type StorageOptions = PostgresOptions & SqliteOptions;

/**
 * | URL | storage |
 * |---|---|
 * | `studies.db`, `./a/studies.db`, `/a/studies.db` | SQLite file |
 * | `sqlite:///studies.db`, `sqlite:////a/studies.db` | SQLite file, relative and absolute |
 * | `postgresql://user:password@host:5432/database` | PostgreSQL |
 * | `memory:`, `sqlite://` | in this process |
 *
 * Optuna's forms with a driver, such as `postgresql+psycopg2://`, mean the same.
 * @throws InvalidOptionError when there is no storage for such a URL
 * @throws StorageError when it cannot be opened
 */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<Storage> {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9]*)(?:\+\w+)?:(.*)$/is.exec(url) ?? [];
  switch (scheme.toLowerCase()) {
    case 'memory':
      return new MemoryStorage();
    case 'postgresql':
    case 'postgres': {
      const { PostgresStorage } = await import('./postgres/postgres-storage.js');
      return PostgresStorage.open(`postgresql:${rest}`, options);
    }
    case 'sqlite':
      return openSqlite(sqlitePath(rest), options);
    default:
      if (url === '' || isUrl(url)) throw unknown(scheme);
      return openSqlite(url, options);
  }
}

async function openSqlite(path: string, options: SqliteOptions): Promise<Storage> {
  const { SqliteStorage } = await import('./sqlite/sqlite-storage.js');
  return SqliteStorage.open(path, options);
}

/** What follows `sqlite:`: two slashes and no host, then the path as it is. */
function sqlitePath(rest: string): string {
  const [, path, parameters] = /^\/\/(?:\/([^?]*))?(\?.*)?$/.exec(rest) ?? [];
  if (parameters || (rest !== '//' && path === undefined)) {
    throw new InvalidOptionError(
      `'sqlite:${rest}' is not understood; write sqlite:///studies.db, or sqlite:////absolute/path/studies.db.`,
    );
  }
  return path || ':memory:';
}

/** Whether it looks like a URL, and not like a path (`C:\…` is one). */
function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text);
}

function unknown(scheme: string): InvalidOptionError {
  const given = scheme ? `Studies cannot be kept at a URL that begins with ${scheme}:` : 'No storage was given';
  return new InvalidOptionError(
    `${given}; give the path of a SQLite file, sqlite:///path, postgresql://user:password@host:5432/database, or memory:.`,
  );
}
