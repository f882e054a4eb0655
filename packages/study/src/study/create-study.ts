/** Making, loading, listing and deleting studies. */

import { DuplicateStudyError, InvalidOptionError, StudyNotFoundError } from '../errors.js';
import { MedianPruner } from '../pruners/median.js';
import type { Pruner } from '../pruners/pruner.js';
import { AutoSampler } from '../samplers/auto.js';
import type { Sampler } from '../samplers/sampler.js';
import { MemoryStorage } from '../storages/memory.js';
import type { FrozenStudy, Storage } from '../storages/storage.js';
import type { Direction } from '../trial/frozen-trial.js';
import { Study } from './study.js';

export interface LoadStudyOptions {
  readonly storage: Storage;
  readonly name: string;
  /** Default: an `AutoSampler`. */
  readonly sampler?: Sampler;
  /** Default: the median pruner. */
  readonly pruner?: Pruner;
}

export interface CreateStudyOptions extends Partial<LoadStudyOptions> {
  /** One for each objective. Default: minimise one. */
  readonly directions?: readonly Direction[];
  /** Go on with a study of that name if there is one. Default false. */
  readonly loadIfExists?: boolean;
}

/**
 * Creates a study. Without a storage it lives in memory; without a name it gets a unique one.
 * @throws DuplicateStudyError when the name is taken, unless `loadIfExists`
 * @throws InvalidOptionError when there are no directions, or the study that exists has others
 */
export async function createStudy(options: CreateStudyOptions = {}): Promise<Study> {
  const { storage = new MemoryStorage(), name = `no-name-${crypto.randomUUID()}`, directions = ['minimize'] } = options;
  for (const direction of directions) {
    if (direction !== 'minimize' && direction !== 'maximize') {
      throw new InvalidOptionError(`Direction '${String(direction)}' is neither 'minimize' nor 'maximize'.`);
    }
  }
  if (directions.length === 0)
    throw new InvalidOptionError('A study needs a direction for each objective, at least one.');
  const study = await createOrFind(storage, name, directions, options.loadIfExists ?? false);
  return open(storage, study, options);
}

async function createOrFind(
  storage: Storage,
  name: string,
  directions: readonly Direction[],
  loadIfExists: boolean,
): Promise<FrozenStudy> {
  try {
    return await storage.createStudy(name, directions);
  } catch (error) {
    const found = error instanceof DuplicateStudyError && loadIfExists ? await storage.findStudy(name) : null;
    if (!found) throw error;
    if (found.directions.join() !== directions.join()) {
      throw new InvalidOptionError(
        `Study '${name}' exists with directions [${found.directions}], not [${directions}]; choose another name.`,
      );
    }
    return found;
  }
}

/**
 * Opens a study that exists.
 * @throws StudyNotFoundError
 */
export async function loadStudy(options: LoadStudyOptions): Promise<Study> {
  const study = await options.storage.findStudy(options.name);
  if (!study) {
    const names = (await options.storage.getStudies()).map((other) => `'${other.name}'`);
    const known = names.length === 0 ? 'it holds none' : `it holds ${names.slice(0, 10).join(', ')}`;
    throw new StudyNotFoundError(`The storage has no study '${options.name}'; ${known}.`);
  }
  return open(options.storage, study, options);
}

/**
 * Removes a study and all its trials.
 * @throws StudyNotFoundError
 */
export async function deleteStudy(storage: Storage, name: string): Promise<void> {
  const study = await storage.findStudy(name);
  if (!study) throw new StudyNotFoundError(`The storage has no study '${name}' to delete.`);
  await storage.deleteStudy(study.id);
}

function open(storage: Storage, study: FrozenStudy, options: Pick<CreateStudyOptions, 'sampler' | 'pruner'>): Study {
  return new Study(storage, study, options.sampler ?? new AutoSampler(), options.pruner ?? new MedianPruner());
}
