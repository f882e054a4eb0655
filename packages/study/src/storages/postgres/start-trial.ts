/** Starting a trial: one message, which is a transaction by itself and recognises its own traces. */

import { formatTime, NO_PARTS, readTrial, type TrialRow } from '../relational/rows.js';
import type { Tables } from '../relational/schema.js';
import { alone, type Script } from '../relational/script.js';
import { found } from '../relational/studies.js';
import type { StartedTrial, TrialFilter } from '../storage.js';
import { query } from './query.js';
import { COLUMNS, readWhole, selectWhole } from './whole-trials.js';

/** Numbers of trials are given out under this lock. */
const LOCK = 'SELECT study_id, study_name FROM studies WHERE study_id = $1 FOR NO KEY UPDATE';

/**
 * Needs the lock, taken by a statement before this one, so that it sees every trial there is. Where Optuna claims the
 * oldest waiting trial at this moment, it waits for that and then takes the next. Nothing is started at a time at which a
 * trial was started before. `study_id + 0` keeps the planner from the index by study, in which it would read all of the
 * study's trials rather than the newest.
 */
const START = `/* commits by itself */
  WITH before AS MATERIALIZED (
    SELECT ${COLUMNS} FROM trials WHERE study_id + 0 = $1 AND trial_id > $2 AND datetime_start = $3::timestamp
  ), oldest AS MATERIALIZED (
    SELECT trial_id FROM trials
    WHERE study_id + 0 = $1 AND trial_id > $2 AND state = 'WAITING' AND NOT EXISTS (SELECT FROM before)
    ORDER BY trial_id LIMIT 1 FOR NO KEY UPDATE
  ), claimed AS (
    UPDATE trials SET state = 'RUNNING', datetime_start = $3::timestamp
    WHERE trial_id = (SELECT trial_id FROM oldest) RETURNING ${COLUMNS}
  ), created AS (
    INSERT INTO trials (number, study_id, state, datetime_start)
    SELECT coalesce(
        (SELECT number FROM trials WHERE study_id + 0 = $1 AND trial_id >= $2 ORDER BY trial_id DESC LIMIT 1),
        (SELECT number FROM trials WHERE study_id = $1 ORDER BY trial_id DESC LIMIT 1),
        -1
      ) + 1, study_id, 'RUNNING'::trialstate, $3::timestamp
    FROM studies
    WHERE study_id = $1 AND NOT EXISTS (SELECT FROM before) AND NOT EXISTS (SELECT FROM oldest) RETURNING ${COLUMNS}
  )
  SELECT ${COLUMNS}, 'created' AS origin FROM created
  UNION ALL SELECT ${COLUMNS}, 'claimed' FROM claimed
  UNION ALL SELECT ${COLUMNS}, 'before' FROM before`;

interface StartedRow extends TrialRow {
  readonly origin: 'created' | 'claimed' | 'before';
}

const BEGIN = query('BEGIN ISOLATION LEVEL READ COMMITTED', []);
/**
 * The lock is given back before anything is read, and before the disk is waited for, or starts would follow one another at the
 * disk's pace. What flushes the log is a transaction after it, which the answer waits for: what is answered is on the disk, and
 * of what is not, later starts are lost with the earlier ones that they counted on.
 */
const UNHURRIED = query('SET LOCAL synchronous_commit = off', []);
const COMMIT = query('COMMIT', []);
const FLUSH = query("SELECT pg_logical_emit_message(true, 'goldilocks', '')", []);

/**
 * The script of `Dialect.startTrial`. A trial that it started, with the answer lost, is known by the time of its start: the
 * clock's millisecond and a random microsecond, which are no other trial's.
 */
export function startTrial(studyId: number, settledUpTo: number, now: Date, filter?: TrialFilter) {
  const reading = filter ? [selectWhole({ studyId, filter })] : [];
  let time: string | undefined;
  return function* (): Script<StartedTrial> {
    for (;;) {
      const repeated = time !== undefined;
      time ??= withMicroseconds(now);
      const lock = query<Tables['studies']>(LOCK, [studyId]);
      const start = query<StartedRow>(START, [studyId, settledUpTo, time]);
      const [, , study, [row], , , rows] = yield* alone(BEGIN, UNHURRIED, lock, start, COMMIT, FLUSH, ...reading);
      found(study, studyId);
      const { trial_id: trialId, origin } = row!;
      const trials = rows?.map(readWhole);
      if (origin === 'created') return { trial: readTrial(row!, NO_PARTS), trials };
      if (origin === 'claimed' || repeated) {
        const [[whole]] = yield* alone(selectWhole({ trialId }));
        return { trial: readWhole(whole!), trials };
      }
      // It is another's, begun within the same microsecond.
      time = undefined;
    }
  };
}

function withMicroseconds(now: Date): string {
  return formatTime(now).replace(/\d{3}$/, () => String(Math.floor(1000 * Math.random())).padStart(3, '0'));
}
