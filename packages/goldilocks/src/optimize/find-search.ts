// Whether a study is a search over a command's flags, and what it has found so far.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadStudy } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { findStudyName, openStorage } from '../journey/open-study.js';
import { type StateFolder, stateFolderAt } from '../state/folder.js';
import { openDatabase } from './database.js';
import type { CommandPlace } from './options.js';
import { loadRecord } from './record.js';
import { type OptimizeResult, resultOf } from './result.js';

/**
 * The name of the study asked for, or of the newest one, if it is a search over a command's flags; undefined for a journey,
 * and where there is no such study.
 */
export async function searchNamed(stateDirectory: string, study: string | undefined): Promise<string | undefined> {
  const state = stateFolderAt(stateDirectory);
  const name = study ?? (await newest(state));
  return name !== undefined && existsSync(join(state.study(name), 'optimize.json')) ? name : undefined;
}

async function newest(state: StateFolder): Promise<string | undefined> {
  if (!existsSync(state.studies)) return undefined;
  const storage = await openStorage(state);
  try {
    return await findStudyName(storage, state, undefined);
  } catch (error) {
    if (error instanceof UserError) return undefined; // none yet
    throw error;
  } finally {
    await storage.close();
  }
}

/** Where the commands of a search run, as it was said when it began or was last resumed; undefined for this machine. */
export async function placeOfSearch(stateDirectory: string, study: string): Promise<CommandPlace | undefined> {
  return (await loadRecord(stateFolderAt(stateDirectory).study(study)))?.place;
}

/** What a search found so far, finished or not. */
export async function resultOfSearch(stateDirectory: string, study: string): Promise<OptimizeResult> {
  const state = stateFolderAt(stateDirectory);
  const record = await loadRecord(state.study(study));
  if (record === undefined) throw new UserError(`There is no search «${study}» in ${state.root}.`);
  const storage = await openDatabase(state, record.storage);
  try {
    return await resultOf(await loadStudy({ storage, name: study }), record, state);
  } finally {
    await storage.close();
  }
}
