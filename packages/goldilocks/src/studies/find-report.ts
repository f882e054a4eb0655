// The report of a finished study, or of a result's folder.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, reportSchema } from '@goldilocks/protocol';
import { UserError } from '../errors.js';
import { findStudyName, openStorage } from '../journey/open-study.js';
import { loadRecord } from '../journey/record.js';
import { stateFolderAt } from '../state/folder.js';

/**
 * @param study a study's name or a result's folder; undefined for the newest study
 * @param stateDirectory asked for the state folder where it is needed
 * @throws UserError where there is no such study, or it is not finished
 */
export async function findReport(study: string | undefined, stateDirectory: () => string): Promise<Report> {
  const file = study === undefined ? undefined : join(study, 'report.json');
  if (file !== undefined && existsSync(file)) return readReport(file);
  const state = stateFolderAt(stateDirectory());
  // A study that is shared with other machines is not in this folder's database, but its record is here.
  const known = study === undefined ? undefined : await loadRecord(state.study(study));
  if (known?.report !== undefined) return known.report;
  const storage = await openStorage(state);
  try {
    const name = await findStudyName(storage, state, study);
    const record = await loadRecord(state.study(name));
    if (record?.report !== undefined) return record.report;
    throw new UserError(
      `The study «${name}» is not finished, so there is no report yet. Go on: goldilocks resume ${name}`,
    );
  } finally {
    await storage.close();
  }
}

/** Reads a report.json. Throws UserError for one that is damaged or of another version. */
export async function readReport(file: string): Promise<Report> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const parsed = reportSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UserError(`${file} is damaged, or was written by another version of Goldilocks.`, { cause: parsed.error });
}
