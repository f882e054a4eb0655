/** Whole studies from one storage to another. */

import { StudyNotFoundError } from '../errors.js';
import type { FrozenStudy, Storage, StudyTemplate } from '../storages/storage.js';

export interface CopyStudyOptions {
  readonly name: string;
  readonly from: Storage;
  /** May be the same storage. */
  readonly to: Storage;
  /** The copy's name. Default: the same. */
  readonly as?: string;
}

/**
 * Copies a study with its attributes and all its trials as they are at this moment, or nothing of it. Trials keep their
 * numbers; a running one stays running, though nobody may be at work on the copy.
 * @throws StudyNotFoundError when there is no such study
 * @throws DuplicateStudyError when the name is taken
 */
export async function copyStudy({ name, from, to, as = name }: CopyStudyOptions): Promise<FrozenStudy> {
  const study = await from.findStudy(name);
  if (!study) throw new StudyNotFoundError(`The storage has no study '${name}' to copy.`);
  const [copy] = await to.addStudies([{ ...(await templateOf(from, study)), name: as }]);
  return copy!;
}

/** All studies of a storage, oldest first, as they could be added to another. */
export async function readStudies(storage: Storage): Promise<StudyTemplate[]> {
  const templates: StudyTemplate[] = [];
  for (const study of await storage.getStudies()) templates.push(await templateOf(storage, study));
  return templates;
}

async function templateOf(storage: Storage, { id, ...study }: FrozenStudy): Promise<StudyTemplate> {
  return { ...study, trials: await storage.getTrials(id) };
}
