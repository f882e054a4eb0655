/** What PostgreSQL's errors mean for us: a conflict to run again, a server that is gone, or trouble to explain. */

import { StorageCorruptError, StorageError, StudyError } from '../../errors.js';

/** Serialization failure, deadlock, lock not available; two transactions that met at a key, or at laying out the tables. */
const CONFLICTS = new Set(['40001', '40P01', '55P03', '23505', '23503', '42710', '42P07']);
/** Shut down, crashed, starting, idle too long, too many connections. */
const UNAVAILABLE = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '53300']);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
]);
/** What node-postgres says without a code when a connection has gone. */
const GONE = /connection terminated|connection error|client was closed|timeout/i;

const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong; set it in the URL, in PGPASSWORD or in ~/.pgpass',
  '28000': 'the server lets this user not in; see its pg_hba.conf',
  '3D000': 'there is no such database; create it (createdb) or correct the name in the URL',
  '42501': 'this user may not do that; grant it the right to create tables and to write, or use another user',
  '25006': 'the server is read-only (a standby?); connect to the primary',
  '53100': "the server's disk is full; free some space there and try again",
  '53200': 'the server is out of memory; try again',
  ENOTFOUND: 'there is no such host; correct the URL',
};

export function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? '');
}

/** Whether the server could not be reached, or went away in the middle. */
export function isGone(error: unknown): boolean {
  if (error instanceof StudyError) return false;
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error && GONE.test(error.message);
  return NETWORK.has(code) || UNAVAILABLE.has(code) || code.startsWith('08');
}

/** The error to throw to the caller. */
export function explain(error: unknown, label: string): unknown {
  if (error instanceof StudyError) return error;
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (code.startsWith('XX')) {
    return new StorageCorruptError(`${label} reports damaged data: ${message}.`, { cause: error });
  }
  const remedy = REMEDIES[code] ?? `PostgreSQL says: ${message}`;
  return new StorageError(`${label} could not be used: ${remedy}.`, { cause: error });
}
