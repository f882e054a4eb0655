/** Heartbeats of running trials: times by the database's clock, so that no worker's own clock matters. */

import type { RawBuilder } from 'kysely';
import type { Builder } from './queries.js';
import { readTime, type TrialRow } from './rows.js';
import { all, first, type Script } from './script.js';

export function* upsertHeartbeat(db: Builder, trialId: number, clock: RawBuilder<string>): Script<void> {
  yield* all(
    db
      .insertInto('trial_heartbeats')
      .values({ trial_id: trialId, heartbeat: clock } as never)
      .onConflict((conflict) => conflict.column('trial_id').doUpdateSet({ heartbeat: clock })),
  );
}

/** Running trials whose last heartbeat is older; none when the clock was set back since. */
export function* findStale(
  db: Builder,
  studyId: number,
  graceMs: number,
  clock: RawBuilder<string>,
): Script<TrialRow[]> {
  const rows = yield* all(
    db
      .selectFrom('trials')
      .innerJoin('trial_heartbeats', 'trial_heartbeats.trial_id', 'trials.trial_id')
      .selectAll('trials')
      .select('heartbeat')
      .where('study_id', '=', studyId)
      .where('state', '=', 'RUNNING')
      .orderBy('trials.trial_id'),
  );
  const now = yield* first(db.selectNoFrom(clock.as('now')));
  return rows.filter(({ heartbeat }) => readTime(now!.now)!.getTime() - readTime(heartbeat)!.getTime() > graceMs);
}
