// Opens the database that the machines of a search share.
import { InvalidOptionError, openStorage, type Storage, StorageError } from '@goldilocks/study';
import { UserError } from '../errors.js';

/** @throws UserError where the URL cannot be read or the database not be opened; it shows no password */
export async function openSharedStorage(url: string): Promise<Storage> {
  try {
    return await openStorage(url);
  } catch (error) {
    if (!(error instanceof StorageError) && !(error instanceof InvalidOptionError)) throw error;
    throw new UserError(`The shared studies cannot be opened: ${error.message}`, { exitCode: 1, cause: error });
  }
}
