/** The writes of a trial's owner: what is added to it while it runs, and its end. */

import type { TrialChanges } from '../storage.js';
import { checkParams, insertChanges, paramNames } from './changes.js';
import type { Dialect, TrialEnd } from './dialect.js';
import { all, lastly, type Recall, type Script, together } from './script.js';
import { endTrial, running, trialRow } from './trials.js';
import type { UsedDistributions } from './used-distributions.js';

/** A transaction, and how to find what it did; see `RelationalDatabase.write`. */
export type Write<T> = readonly [script: () => Script<T>, recall: Recall<T>];

/** @param studyId the trial's study, where it is known */
export function writeTrial(
  dialect: Dialect,
  used: UsedDistributions,
  trialId: number,
  studyId: number | undefined,
  changes: TrialChanges,
): Write<void> {
  const { params, systemAttributes = {}, ...more } = changes;
  const whole = studyId !== undefined && params?.size && isNothing(more) && used.areCompatible(studyId, params);
  let repeated = false;
  function* script(): Script<void> {
    if (whole && dialect.whole) {
      const again = repeated;
      repeated = true;
      if (yield* dialect.whole.writeParams({ id: trialId, studyId }, params, systemAttributes, again)) return;
    }
    yield* checkChanges(dialect, used, trialId, changes);
    yield* lastly(...insertChanges(dialect.db, trialId, changes));
  }
  return [script, recallWrite(dialect, trialId)];
}

export function finishTrial(
  dialect: Dialect,
  used: UsedDistributions,
  trialId: number,
  end: TrialEnd,
  changes: TrialChanges,
): Write<void> {
  const { systemAttributes = {}, ...more } = changes;
  let repeated = false;
  function* script(): Script<void> {
    if (dialect.whole && isNothing(more)) {
      const again = repeated;
      repeated = true;
      return yield* dialect.whole.finishTrial(trialId, end, systemAttributes, again);
    }
    yield* checkChanges(dialect, used, trialId, changes);
    yield* lastly(...endTrial(dialect.db, trialId, end, changes));
  }
  return [script, recallWrite(dialect, trialId)];
}

function isNothing({ params, intermediateValues, userAttributes, systemAttributes }: TrialChanges): boolean {
  return (
    !params?.size &&
    !intermediateValues?.size &&
    [userAttributes, systemAttributes].every((attributes = {}) => Object.keys(attributes).length === 0)
  );
}

/** Locks the trial and refuses what may not be written to it. */
function* checkChanges(
  dialect: Dialect,
  used: UsedDistributions,
  trialId: number,
  { params }: TrialChanges,
): Script<void> {
  if (!params?.size) {
    running(yield* all(trialRow(dialect, trialId)), trialId);
    return;
  }
  const [rows, set] = yield* together(trialRow(dialect, trialId), paramNames(dialect.db, trialId));
  yield* checkParams(dialect, used, running(rows, trialId), set, params);
}

/** Recalls a write to a trial, which nobody but its owner writes to, by the rows that it left. */
export function recallWrite<T>(dialect: Dialect, trialId: number): Recall<T> {
  return function* (transaction, result) {
    return (yield* dialect.traces!.wrote(transaction, trialId)) ? { value: result as T } : undefined;
  };
}
