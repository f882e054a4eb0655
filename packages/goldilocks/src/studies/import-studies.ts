// Takes over studies that Optuna wrote: a SQLite file, a journal file, or a database server.
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  openStorage,
  readJournal,
  readStudies,
  SqliteStorage,
  type Storage,
  StudyError,
  type StudyTemplate,
} from '@goldilocks/study';
import { UserError } from '../errors.js';
import { openDatabase, withoutPassword } from '../optimize/database.js';
import { prepareStateFolder, stateFolderAt } from '../state/folder.js';
import { excerpt } from '../terminal/strip-control.js';

export interface ImportStudiesOptions {
  /** A SQLite or journal file of Optuna's, or a URL such as postgresql://…; it is only read. */
  source: string;
  /** The state folder whose studies.db takes them. */
  stateDirectory: string;
  /** Another database to take them, instead. */
  storage?: string;
  /** Only the study of this name. */
  study?: string;
  /** The name it gets here. Needs a single study. */
  as?: string;
}

export interface ImportedStudy {
  name: string;
  /** Its name at the source. */
  from: string;
  trials: number;
}

/**
 * Copies all studies of a source, or the one named, with everything in them; all of them or none.
 * Throws UserError where the source cannot be read, a name is taken, or the database cannot be written.
 */
export async function importStudies(options: ImportStudiesOptions): Promise<ImportedStudy[]> {
  const chosen = choose(await read(options.source), options);
  const state = stateFolderAt(options.stateDirectory);
  if (options.storage === undefined) await prepareStateFolder(state);
  const storage = await openDatabase(state, options.storage);
  try {
    const renamed = chosen.map((study) => ({ ...study, name: options.as ?? study.name }));
    await refuseTaken(storage, renamed, options);
    await storage.addStudies(renamed);
    return chosen.map((study, i) => ({ name: renamed[i]!.name, from: study.name, trials: study.trials?.length ?? 0 }));
  } catch (error) {
    throw error instanceof StudyError ? explained(error, options.source) : error;
  } finally {
    await storage.close();
  }
}

async function read(source: string): Promise<StudyTemplate[]> {
  try {
    if (!/^[a-z][\w+.-]+:\/\//i.test(source)) return await readFile(source);
    const storage = await openStorage(source);
    return await readAndClose(storage);
  } catch (error) {
    throw error instanceof StudyError ? explained(error, source) : error;
  }
}

async function readFile(path: string): Promise<StudyTemplate[]> {
  if (!existsSync(path)) throw new UserError(`There is no file ${path}. Give a SQLite or journal file of Optuna's.`);
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0).finally(() => file.close());
  if (buffer.toString('latin1').startsWith('SQLite format 3')) {
    return readAndClose(await SqliteStorage.open(path, { readOnly: true }));
  }
  return readJournal(path);
}

async function readAndClose(storage: Storage): Promise<StudyTemplate[]> {
  try {
    return await readStudies(storage);
  } finally {
    await storage.close();
  }
}

function choose(studies: readonly StudyTemplate[], { source, study, as }: ImportStudiesOptions): StudyTemplate[] {
  const chosen = studies.filter(({ name }) => study === undefined || name === study);
  const names = excerpt(studies.map(({ name }) => `«${name}»`).join(', '), 500);
  if (studies.length === 0) throw new UserError(`There are no studies in ${shown(source)}.`);
  if (chosen.length === 0) throw new UserError(`There is no study «${study}» in ${shown(source)}; it has ${names}.`);
  if (as !== undefined && chosen.length > 1) {
    throw new UserError(
      `--as gives one study another name, but there are ${chosen.length}: say which with --study. It has ${names}.`,
    );
  }
  return chosen;
}

async function refuseTaken(
  storage: Storage,
  studies: readonly StudyTemplate[],
  { source, study }: ImportStudiesOptions,
): Promise<void> {
  const there = new Set((await storage.getStudies()).map(({ name }) => name));
  const taken = studies.filter(({ name }) => there.has(name)).map(({ name }) => name);
  if (taken.length === 0) return;
  const which = study ?? taken[0]!;
  throw new UserError(
    `There is a study «${taken.join('», «')}» already; nothing was imported. Take it over under another name: ` +
      `goldilocks studies import ${shown(source)} --study '${which}' --as '${which} (imported)'.`,
  );
}

function explained(error: StudyError, source: string): UserError {
  return new UserError(`${shown(source)} cannot be imported: ${error.message}`, { cause: error });
}

function shown(source: string): string {
  return excerpt(withoutPassword(source), 200);
}
