// Takes the next trial of a shared study, or says that there is none.
import type { Distribution, Study, Trial } from '@goldilocks/study';
import type { SharedJob } from '../shared-job.js';
import { enqueuedKey, surplusMark } from '../shared-trials.js';

/** `later`: others still run trials that could be lost and come back; `done`: nothing is left to do. */
export type Claim = { type: 'trial'; trial: Trial } | { type: 'later' } | { type: 'done' };

/**
 * Where the budget counts trials, they all wait in the queue from the beginning, so that the database hands out each once, to whichever
 * worker asks first; their parameters are chosen only then.
 */
export async function claim(
  study: Study,
  job: SharedJob,
  space: Readonly<Record<string, Distribution>>,
): Promise<Claim> {
  if (!hasTime(job)) return { type: 'done' };
  const trials = await study.trials();
  if (job.trials !== null && !trials.some(({ state }) => state === 'WAITING')) {
    return { type: trials.some(({ state }) => state === 'RUNNING') ? 'later' : 'done' };
  }
  const trial = await study.ask(space);
  if (job.trials === null || Object.hasOwn(trial.systemAttributes, enqueuedKey)) return { type: 'trial', trial };
  // Another worker took the last one in between, and the database made a new one.
  await study.storage.writeTrial(trial.id, { userAttributes: surplusMark });
  await study.tell(trial, null, { state: 'PRUNED' });
  return { type: 'later' };
}

function hasTime({ startsUntil }: SharedJob): boolean {
  return startsUntil === null || Date.now() < Date.parse(startsUntil);
}
