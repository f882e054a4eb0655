/** Whether a database's tables are Optuna's, of the version that is read here. */

import { StorageCorruptError, StorageSchemaError } from '../../errors.js';
import { ALEMBIC_REVISION, OLDER_REVISIONS } from './schema.js';

/**
 * @param version what the table alembic_version holds
 * @param place names the database in messages
 */
export function checkVersion(version: string | undefined, place: string): void {
  if (version === ALEMBIC_REVISION) return;
  if (version === undefined) throw new StorageCorruptError(`${place} does not state the version of its tables.`);
  throw new StorageSchemaError(
    OLDER_REVISIONS.has(version)
      ? `${place} has tables of version ${version}, older than ${ALEMBIC_REVISION}; run 'optuna storage upgrade' on it.`
      : `${place} has tables of version ${version}; this package reads ${ALEMBIC_REVISION}. Use a newer release of it.`,
  );
}
