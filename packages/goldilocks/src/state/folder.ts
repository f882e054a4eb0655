// Where a project's state lives: `.goldilocks/` beside the data.
import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { repositoryNamed } from '../hub/repository.js';
import { writeError } from './file-errors.js';

export interface StateFolder {
  readonly root: string;
  /** The SQLite file with every study, in Optuna's tables. */
  readonly studies: string;
  /** Tokenised data and other things that can be made again. */
  readonly cache: string;
  readonly runs: string;
  study(name: string): string;
  /** A run's own folder: `trial` is a trial's number, or a word such as `pilot`. */
  trial(study: string, trial: number | string): string;
}

/** The folder beside a data file (`DATA/../.goldilocks`), for a dataset of the Hub in the working directory. Nothing is created. */
export function stateFolderOf(dataPath: string): StateFolder {
  if (repositoryNamed(dataPath, 'dataset')) return stateFolderAt(resolve('.goldilocks'));
  return stateFolderAt(join(dirname(resolve(dataPath)), '.goldilocks'));
}

export function stateFolderAt(root: string): StateFolder {
  const runs = join(root, 'runs');
  return {
    root,
    studies: join(root, 'studies.db'),
    cache: join(root, 'cache'),
    runs,
    study: (name) => join(runs, name),
    trial: (study, trial) => join(runs, study, typeof trial === 'number' ? String(trial).padStart(4, '0') : trial),
  };
}

/** Makes the folder and sees that it can be written; throws UserError where not. */
export async function prepareStateFolder(folder: StateFolder): Promise<void> {
  try {
    await mkdir(folder.cache, { recursive: true });
    await mkdir(folder.runs, { recursive: true });
    await access(folder.root, constants.W_OK);
  } catch (error) {
    throw writeError(folder.root, error);
  }
}
