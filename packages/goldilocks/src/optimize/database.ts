// Where a search keeps its study: the state folder's file, or a database that several machines share.
import { openStorage as openUrl, type Storage, StudyError } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { openStorage as openFile } from '../journey/open-study.js';
import type { StateFolder } from '../state/folder.js';
import { excerpt } from '../terminal/strip-control.js';

/** Throws UserError where it cannot be used. */
export async function openDatabase(state: StateFolder, url: string | undefined): Promise<Storage> {
  if (url === undefined) return openFile(state);
  try {
    return await openUrl(url);
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    const where = excerpt(withoutPassword(url), 200);
    throw new UserError(`The database ${where} cannot be used: ${error.message}`, { exitCode: 1, cause: error });
  }
}

/** As it may be kept in a file: whoever goes on gives the password again, by --storage or PGPASSWORD. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][\w+.-]*:\/\/[^/:@]*):[^/@]*@/i, '$1@');
}
