/** Trials in Optuna's tables: their rows, states and numbers. */

import type { Compilable } from 'kysely';
import { TrialNotFoundError } from '../../errors.js';
import type { TrialState } from '../../trial/frozen-trial.js';
import { notRunning } from '../refusals.js';
import type { StartedTrial, TrialChanges } from '../storage.js';
import { insertChanges, insertValues } from './changes.js';
import type { Builder, Dialect, TrialEnd } from './dialect.js';
import { formatTime, NO_PARTS, readTrial, type TrialRow } from './rows.js';
import { all, first, type Script, together } from './script.js';
import { selectTrials, TRIAL_COLUMNS } from './select-trials.js';
import { found, studyRow } from './studies.js';

export function trialNotFound(trialId: number): TrialNotFoundError {
  return new TrialNotFoundError(`There is no trial with id ${trialId}; its study may have been deleted.`);
}

/** The query of a trial's row, locked; see `running`. */
export function trialRow({ db, locked }: Dialect, trialId: number) {
  return locked(db.selectFrom('trials').select(TRIAL_COLUMNS).where('trial_id', '=', trialId));
}

/** The row, which must be that of a RUNNING trial. */
export function running(rows: readonly TrialRow[], trialId: number): TrialRow {
  const [row] = rows;
  if (!row) throw trialNotFound(trialId);
  if (row.state !== 'RUNNING') throw notRunning(row.number, row.state);
  return row;
}

/** The newest trial's row; the next number is one more than its. */
export function newestTrial(db: Builder, studyId: number) {
  const trials = db.selectFrom('trials').select(['trial_id', 'number']).where('study_id', '=', studyId);
  return trials.orderBy('trial_id', 'desc').limit(1);
}

export function* insertTrial(
  db: Builder,
  studyId: number,
  number: number,
  state: TrialState,
  startedAt: Date | null,
  completedAt: Date | null = null,
): Script<TrialRow> {
  const row = yield* first(
    db
      .insertInto('trials')
      .values({
        number,
        study_id: studyId,
        state,
        datetime_start: startedAt && formatTime(startedAt),
        datetime_complete: completedAt && formatTime(completedAt),
      } as TrialRow)
      .returning(TRIAL_COLUMNS),
  );
  return row!;
}

/** The script of `Dialect.startTrial` for a database of which a writing transaction has the whole. */
export function* startTrial(db: Builder, studyId: number, settledUpTo: number, now: Date): Script<StartedTrial> {
  const [study, [newest]] = yield* together(studyRow(db, studyId), newestTrial(db, studyId));
  found(study, studyId);
  // Ids of a deleted study are given out again, and then what was known of it does not hold.
  const after = newest && newest.trial_id >= settledUpTo ? settledUpTo : 0;
  const waiting = yield* claimWaiting(db, studyId, after, now);
  if (!waiting) {
    const row = yield* insertTrial(db, studyId, newest ? newest.number + 1 : 0, 'RUNNING', now);
    return { trial: readTrial(row, NO_PARTS) };
  }
  const { queries, read } = selectTrials(db, { trialId: waiting.trial_id });
  return { trial: read(yield* together(...queries))[0]! };
}

/** Makes the oldest waiting trial running; undefined when none waits. */
function* claimWaiting(db: Builder, studyId: number, after: number, now: Date): Script<TrialRow | undefined> {
  const oldest = db
    .selectFrom('trials')
    .select('trial_id')
    .where('study_id', '=', studyId)
    .where('trial_id', '>', after)
    .where('state', '=', 'WAITING')
    .orderBy('trial_id')
    .limit(1);
  const [row] = yield* all(
    db
      .updateTable('trials')
      .set({ state: 'RUNNING', datetime_start: formatTime(now) })
      .where('trial_id', '=', oldest)
      .where('state', '=', 'WAITING')
      .returning(TRIAL_COLUMNS),
  );
  return row;
}

/** Writes everything else before the state: Optuna never reads a finished trial again. */
export function endTrial(
  db: Builder,
  trialId: number,
  { state, values, completedAt }: TrialEnd,
  changes: TrialChanges,
): Compilable<unknown>[] {
  const set = { state, datetime_complete: formatTime(completedAt) };
  return [
    ...insertChanges(db, trialId, changes),
    ...insertValues(db, trialId, values),
    db.updateTable('trials').set(set).where('trial_id', '=', trialId),
  ];
}
