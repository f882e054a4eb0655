// A training process for verbs that start no study, with a cache that they need not leave behind.
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DeviceName } from '@goldilocks/trainer';
import { type StateFolder, stateFolderAt } from '../state/folder.js';
import { localEngine } from '../workers/local.js';
import type { TrialEngine, TrialProcess } from '../workers/operations.js';

export interface Workplace {
  process: TrialProcess;
  /** Where tokenised examples and the like may be put. */
  cache: string;
}

export interface WorkplaceOptions {
  /** For messages, such as `the evaluation`. */
  purpose: string;
  /** Its `.goldilocks`, or that of a folder above, is used where there is one. */
  near: string;
  engine?: TrialEngine;
  /** Where models are measured; default: cpu. */
  device?: DeviceName;
  stateDirectory?: string;
  signal?: AbortSignal;
}

/** Runs `work` with a process and a cache: that of the state folder where there is one, else one that is removed afterwards. */
export async function withWorkplace<Result>(
  options: WorkplaceOptions,
  work: (place: Workplace) => Promise<Result>,
): Promise<Result> {
  const state = await existingState(options);
  const cache = state?.cache ?? (await mkdtemp(join(tmpdir(), 'goldilocks-')));
  const process = (options.engine ?? localEngine({ cacheDirectory: cache, device: options.device })).open(
    options.purpose,
  );
  try {
    options.signal?.throwIfAborted();
    return await work({ process, cache });
  } finally {
    await process.close();
    if (state === undefined) await rm(cache, { recursive: true, force: true });
  }
}

async function existingState({ near, stateDirectory }: WorkplaceOptions): Promise<StateFolder | undefined> {
  if (stateDirectory !== undefined) return stateFolderAt(stateDirectory);
  for (let folder = resolve(near); ; folder = dirname(folder)) {
    const state = stateFolderAt(join(folder, '.goldilocks'));
    if (await exists(state.cache)) return state;
    if (folder === dirname(folder)) return undefined;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
