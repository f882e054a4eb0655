// The checkpoints of one run in one directory: the last few complete states, and the best weights so far.
//
// DIRECTORY/checkpoint-SEQUENCE-step-STEP/ and DIRECTORY/best-SEQUENCE-step-STEP/ each hold tensors.bin, state.json and
// manifest.json. One process at a time may save; any may read.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { OutputError } from '../errors.js';
import { CheckpointError } from './checkpoint-error.js';
import { type FileOperations, nodeFiles } from './file-operations.js';
import { type Allocate, readSnapshot, type Snapshot } from './read-snapshot.js';
import { removeLeftovers, temporaryName } from './temporary.js';
import { type SnapshotContents, writeSnapshot } from './write-snapshot.js';

export interface SaveOptions {
  /** How many of the last checkpoints stay, ≥ 1; default 2. */
  keep?: number;
  files?: FileOperations;
}

export interface LoadOptions {
  allocate?: Allocate;
  files?: FileOperations;
}

export interface LoadedCheckpoint extends Snapshot {
  /** Newer ones that could not be used, and why. */
  rejected: { path: string; reason: string }[];
}

export interface SavedCheckpoint {
  path: string;
  /** Old directories that should have been removed but could not be, and why; the next save tries again. */
  notRemoved: { path: string; reason: string }[];
}

type Kind = 'checkpoint' | 'best';

/**
 * Saves a complete, resumable state. Older checkpoints are removed only once this one is on the disk and has been read
 * back; if anything fails, all that was there stays and nothing half-written does.
 * @throws OutputError
 */
export function saveCheckpoint(
  directory: string,
  contents: SnapshotContents,
  options: SaveOptions = {},
): Promise<SavedCheckpoint> {
  return save('checkpoint', directory, contents, options.keep ?? 2, options.files ?? nodeFiles);
}

/**
 * The newest checkpoint whose every byte is as written; nothing where none was ever saved.
 * @throws CheckpointError where there are some, but none is sound
 */
export function loadLatestCheckpoint(
  directory: string,
  options: LoadOptions = {},
): Promise<LoadedCheckpoint | undefined> {
  return load('checkpoint', directory, options);
}

/**
 * Saves the best weights so far, apart from the checkpoints; takes the place of the best before once it is safe.
 * @throws OutputError
 */
export function markBest(
  directory: string,
  contents: SnapshotContents,
  options: Pick<SaveOptions, 'files'> = {},
): Promise<SavedCheckpoint> {
  return save('best', directory, contents, 1, options.files ?? nodeFiles);
}

/**
 * What `markBest` saved last; nothing where it was never called.
 * @throws CheckpointError where it is damaged
 */
export function loadBest(directory: string, options: LoadOptions = {}): Promise<LoadedCheckpoint | undefined> {
  return load('best', directory, options);
}

async function save(
  kind: Kind,
  directory: string,
  contents: SnapshotContents,
  keep: number,
  files: FileOperations,
): Promise<SavedCheckpoint> {
  const name = await write(kind, directory, contents, files).catch((error: NodeJS.ErrnoException) => {
    throw saveError(kind, directory, contents.step, error);
  });
  const excess = (await listOf(kind, directory, files)).slice(0, -Math.max(1, keep));
  const notRemoved: SavedCheckpoint['notRemoved'] = [];
  for (const old of excess) {
    const path = join(directory, old.name);
    await removeSnapshot(files, directory, path).catch((error: Error) =>
      notRemoved.push({ path, reason: error.message }),
    );
  }
  return { path: join(directory, name), notRemoved };
}

async function write(
  kind: Kind,
  directory: string,
  contents: SnapshotContents,
  files: FileOperations,
): Promise<string> {
  await files.makeDirectory(directory);
  await removeLeftovers(files, directory);
  const newest = (await listOf(kind, directory, files)).at(-1);
  const name = `${kind}-${String((newest?.sequence ?? 0) + 1).padStart(6, '0')}-step-${contents.step}`;
  await writeSnapshot(files, directory, name, contents);
  return name;
}

/** Renamed first, so that a checkpoint that is half removed does not look like one. */
async function removeSnapshot(files: FileOperations, directory: string, path: string): Promise<void> {
  const temporary = join(directory, temporaryName(randomBytes(4).toString('hex')));
  await files.rename(path, temporary);
  await files.remove(temporary);
}

async function load(kind: Kind, directory: string, options: LoadOptions): Promise<LoadedCheckpoint | undefined> {
  const files = options.files ?? nodeFiles;
  const rejected: LoadedCheckpoint['rejected'] = [];
  for (const { name } of (await listOf(kind, directory, files)).reverse()) {
    const path = join(directory, name);
    try {
      return { ...(await readSnapshot(files, path, options.allocate)), rejected };
    } catch (error) {
      rejected.push({ path, reason: (error as Error).message });
    }
  }
  if (rejected.length === 0) return undefined;
  const list = rejected.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
  throw new CheckpointError(
    `No usable ${kind} in ${directory}. ${list}. Remove that directory to start the run afresh.`,
  );
}

async function listOf(
  kind: Kind,
  directory: string,
  files: FileOperations,
): Promise<{ name: string; sequence: number }[]> {
  const pattern = new RegExp(`^${kind}-(\\d+)-step-\\d+$`);
  return (await files.list(directory))
    .flatMap((name) => {
      const sequence = pattern.exec(name)?.[1];
      return sequence === undefined ? [] : [{ name, sequence: Number(sequence) }];
    })
    .sort((a, b) => a.sequence - b.sequence);
}

function saveError(kind: Kind, directory: string, step: number, error: NodeJS.ErrnoException): OutputError {
  const remedies: Record<string, string> = {
    ENOSPC: 'The disk is full: make room, then resume.',
    EDQUOT: 'The disk quota is used up: make room, then resume.',
    EACCES: 'Allow writing there, or choose another directory.',
    EROFS: 'That file system is read-only: choose another directory.',
    EIO: 'The disk reported an error: check it, then resume.',
  };
  const remedy = remedies[error.code ?? ''] ?? 'Put that right, then resume.';
  return new OutputError(
    `The ${kind} of step ${step} could not be saved in ${directory}: ${error.message}. Earlier ones are untouched. ${remedy}`,
    { cause: error },
  );
}
