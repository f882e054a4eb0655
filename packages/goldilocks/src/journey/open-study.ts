// Finds, names and opens studies, with their lock.
import { basename, extname, join } from 'node:path';
import {
  createStudy,
  loadStudy,
  type Sampler,
  SqliteStorage,
  type Storage,
  StorageError,
  type Study,
} from '@goldilocks/study';
import type { ClusterOptions } from '../cluster/cluster-options.js';
import { openSharedStorage } from '../cluster/shared-storage.js';
import { UserError } from '../errors.js';
import { writeError } from '../state/file-errors.js';
import type { StateFolder } from '../state/folder.js';
import { acquireLock, type Lock, lockHolder } from '../state/lock.js';
import { labelsOf } from '../studies/labels.js';
import { checkVersion, journeyFormat } from './record.js';

/** The attribute by which a study says which version of Goldilocks wrote it. */
const formatAttribute = 'goldilocks:format';

/** Opens the studies of a state folder. Throws UserError where the file cannot be used. */
export async function openStorage(state: StateFolder): Promise<Storage> {
  try {
    return await SqliteStorage.open(state.studies);
  } catch (error) {
    if (!(error instanceof StorageError)) throw writeError(state.studies, error);
    throw new UserError(`The studies in ${state.studies} cannot be opened: ${error.message}`, {
      exitCode: 1,
      cause: error,
    });
  }
}

/** Opens the studies of a journey: in the database that its machines share, or in the state folder. */
export async function openJourneyStorage(state: StateFolder, cluster?: ClusterOptions): Promise<Storage> {
  return cluster === undefined ? openStorage(state) : openSharedStorage(cluster.storage);
}

/** The name asked for, which must be new, or the first free one of the data's name with a number. */
export async function nameStudy(storage: Storage, data: string, wanted: string | undefined): Promise<string> {
  const taken = new Set((await storage.getStudies()).map(({ name }) => name));
  if (wanted !== undefined) {
    if (!taken.has(wanted)) return wanted;
    throw new UserError(
      `There is a study «${wanted}» already. Go on with it by: goldilocks resume ${wanted}. Or choose another name with --study.`,
    );
  }
  const stem =
    basename(data, extname(data))
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[^\w]+/, '') || 'study';
  for (let number = 1; ; number++) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

export function lockStudy(state: StateFolder, study: string): Promise<Lock> {
  return acquireLock(lockFile(state.study(study)), `the study «${study}»`);
}

/** The process that works on a study, if one does. */
export function workerOf(studyFolder: string): Promise<{ pid: number; host: string } | undefined> {
  return lockHolder(lockFile(studyFolder));
}

function lockFile(studyFolder: string): string {
  return join(studyFolder, 'lock');
}

export async function makeStudy(storage: Storage, name: string): Promise<void> {
  const study = await createStudy({ storage, name, directions: ['minimize'] });
  await study.setUserAttribute(formatAttribute, journeyFormat);
}

/** Opens a study of ours with the sampler to go on with. Throws UserError for one of another version. */
export async function openStudy(storage: Storage, name: string, sampler: Sampler): Promise<Study> {
  const study = await loadStudy({ storage, name, sampler });
  checkVersion((await study.userAttributes())[formatAttribute], name);
  return study;
}

/** The study asked for, or the newest one. Throws UserError where there is none. */
export async function findStudyName(storage: Storage, state: StateFolder, wanted: string | undefined): Promise<string> {
  const studies = (await storage.getStudies()).filter((study) => labelsOf(study.userAttributes).deletedUntil === null);
  const names = studies.map(({ name }) => name);
  const found = wanted === undefined ? names.at(-1) : names.find((name) => name === wanted);
  if (found !== undefined) return found;
  if (names.length === 0)
    throw new UserError(`There are no studies in ${state.root} yet. Start one with: goldilocks run DATA --out FOLDER.`);
  throw new UserError(`There is no study «${wanted}» in ${state.root}. It has: ${names.join(', ')}.`);
}
