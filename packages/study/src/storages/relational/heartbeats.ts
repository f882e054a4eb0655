/** Heartbeats of running trials: times by the database's clock, so that no worker's own clock matters. */

import type { Dialect } from './dialect.js';
import { readTime, type TrialRow } from './rows.js';
import { all, type Script, together } from './script.js';

export function upsertHeartbeat({ db, clock }: Dialect, trialId: number) {
  return db
    .insertInto('trial_heartbeats')
    .values({ trial_id: trialId, heartbeat: clock } as never)
    .onConflict((conflict) => conflict.column('trial_id').doUpdateSet({ heartbeat: clock }));
}

/** Running trials whose last heartbeat is older, locked; none when the clock was set back since. */
export function* lockStale(dialect: Dialect, studyId: number, graceMs: number): Script<TrialRow[]> {
  const { db, clock } = dialect;
  const beats = db
    .selectFrom('trials')
    .innerJoin('trial_heartbeats', 'trial_heartbeats.trial_id', 'trials.trial_id')
    .selectAll('trials')
    .select(['heartbeat', clock.as('now')])
    .where('study_id', '=', studyId)
    .where('state', '=', 'RUNNING')
    .orderBy('trials.trial_id');
  type Beat = TrialRow & { heartbeat: string; now: string };
  const isStale = ({ heartbeat, now }: Beat) => readTime(now)!.getTime() - readTime(heartbeat)!.getTime() > graceMs;
  const ids = (yield* all(beats)).filter(isStale).map(({ trial_id }) => trial_id);
  if (ids.length === 0) return [];
  // Its owner may have written since: with the rows locked it is looked at once more.
  const rows = db.selectFrom('trials').select('trial_id').where('trial_id', 'in', ids).orderBy('trial_id');
  const [, stale] = yield* together(dialect.locked(rows), beats.where('trials.trial_id', 'in', ids));
  return stale.filter(isStale);
}
