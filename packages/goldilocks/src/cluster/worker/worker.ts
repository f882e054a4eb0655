// A worker: takes trials from a shared study until there is nothing left to do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JourneyEvent } from '@goldilocks/protocol';
import { loadStudy, recoverLostTrials, type Storage } from '@goldilocks/study';
import { UserError } from '../../errors.js';
import { distributionsOf } from '../../search/space.js';
import type { EngineName } from '../cluster-options.js';
import { readJob, type SharedJob } from '../shared-job.js';
import { openSharedStorage } from '../shared-storage.js';
import { openSharedStudy } from '../shared-study.js';
import { claim } from './claim.js';
import { type Work, type WorkedTrial, workTrial } from './work-trial.js';
import { openWorkplace } from './workplace.js';

export interface WorkerOptions {
  /** Such as `postgresql://user@host/database`, or a SQLite file for several processes of one machine. */
  storage: string;
  study: string;
  /** Trials to take at most; default: until there is nothing left to do. */
  trials?: number;
  /** Where data and model are on this machine, if not where they are on the one that began. */
  data?: string;
  model?: string;
  engine?: EngineName;
  /** Default: `.goldilocks` beside the data. Workers that share it go on from each other's checkpoints. */
  stateDirectory?: string;
  /** Raised: the current step is finished and saved, and the trial given back. */
  signal?: AbortSignal;
  onEvent?: (event: JourneyEvent) => void;
}

export interface WorkerResult {
  study: string;
  /** What became of the trials this worker took. */
  trials: Record<WorkedTrial, number>;
  /** Whether it ended because it was told to. */
  stopped: boolean;
}

/**
 * Runs trials of a shared study; any number of workers may, on any number of machines.
 * @throws UserError where the study is not shared, or this machine lacks its data or model
 */
export async function work(options: WorkerOptions): Promise<WorkerResult> {
  const { signal, onEvent: emit = () => undefined } = options;
  const storage = await openSharedStorage(options.storage);
  try {
    const job = await findJob(storage, options);
    const study = await openSharedStudy(storage, options.study, job);
    const stages = await openWorkplace({ ...options, storage, study, job, emit });
    return await takeTrials({ study, job, stages, signal }, options.trials ?? Number.POSITIVE_INFINITY);
  } finally {
    await storage.close();
  }
}

async function findJob(storage: Storage, { study: name }: WorkerOptions): Promise<SharedJob> {
  const job = await readJob(await loadStudy({ storage, name }));
  if (job !== undefined) return job;
  throw new UserError(
    `The study «${name}» has no trials for workers. Begin one with: goldilocks run DATA --on workers --storage URL.`,
  );
}

async function takeTrials(work: Work, most: number): Promise<WorkerResult> {
  const { study, job, signal } = work;
  const space = distributionsOf(job.plan.searchSpace);
  const trials = { complete: 0, pruned: 0, failed: 0, 'given back': 0, lost: 0 };
  for (let taken = 0; taken < most && !signal?.aborted; ) {
    await recoverLostTrials(study, job.heartbeat);
    const claimed = await claim(study, job, space);
    if (claimed.type === 'done') break;
    if (claimed.type === 'trial') {
      trials[await workTrial(work, claimed.trial)] += 1;
      taken += 1;
    } else await pause(job.heartbeat.intervalMs, signal);
  }
  return { study: study.name, trials, stopped: signal?.aborted ?? false };
}

/** Waits, or until it is told to stop. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
