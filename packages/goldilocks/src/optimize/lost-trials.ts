// Trials whose machine or sitting is gone: they are run again.
import { recoverLostTrials, retryTrial, type Study } from '@goldilocks/study';

/** Signs of life, for studies that several machines share. */
export const heartbeat = { intervalMs: 15_000, graceMs: 90_000, retries: 1 };

/**
 * What ran when an earlier sitting was killed, or another machine of the study was lost, is run again.
 * @param isShared whether others may work on the study now; else a lock says that nobody does, and whatever runs, runs no more
 */
export async function recoverLost(study: Study, isShared: boolean): Promise<void> {
  if (isShared) return void (await recoverLostTrials(study, heartbeat));
  for (const trial of (await study.trials()).filter(({ state }) => state === 'RUNNING')) {
    const lost = await study.tell(trial, null, { state: 'FAIL', failure: 'lost: Goldilocks was ended while it ran.' });
    await retryTrial(study, lost, Infinity);
  }
}
