// Gives a trial back that this worker cannot finish: another goes on with the same settings.
import { type FrozenTrial, type JsonObject, type Study, TrialNotRunningError } from '@goldilocks/study';
import { enqueuedKey, firstNumber, firstTrialKey } from '../shared-trials.js';

/** Optuna's key of the attempts that were lost; giving back is not one of them. */
const historyKey = 'retry_history';

/**
 * Ends the attempt as failed and puts its settings at the end of the queue. Does nothing where others have taken the trial for lost: it is in
 * the queue already.
 */
export async function giveBack(study: Study, trial: FrozenTrial, reason: string): Promise<void> {
  try {
    await study.tell(trial.number, null, { state: 'FAIL', failure: `given back: ${reason}` });
  } catch (error) {
    if (error instanceof TrialNotRunningError) return;
    throw error;
  }
  const { systemAttributes } = trial;
  await study.storage.addTrial(study.id, {
    state: 'WAITING',
    userAttributes: {},
    systemAttributes: {
      [enqueuedKey]: { ...(systemAttributes[enqueuedKey] as JsonObject | undefined), ...trial.params },
      [firstTrialKey]: firstNumber(trial),
      ...(systemAttributes[historyKey] !== undefined && { [historyKey]: systemAttributes[historyKey] }),
    },
  });
}
