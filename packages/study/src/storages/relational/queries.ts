/** The queries of a storage in Optuna's tables, as scripts. */

import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { checkCompatible, type Distribution } from '../../distributions/distribution.js';
import { formatDistribution, parseDistribution } from '../../distributions/optuna-json.js';
import { StudyNotFoundError, TrialNotFoundError } from '../../errors.js';
import { formatJson } from '../../json.js';
import type { Attributes, FinishedState, FrozenTrial, TrialState } from '../../trial/frozen-trial.js';
import { alreadySet, notRunning } from '../refusals.js';
import type { FrozenStudy, StoredParam, TrialChanges, TrialFilter } from '../storage.js';
import {
  formatTime,
  intermediateColumns,
  readAttributes,
  readDirection,
  readTrial,
  type TrialParts,
  type TrialRow,
  valueColumns,
} from './rows.js';
import type { Tables } from './schema.js';
import { all, first, type Script } from './script.js';

export type Builder = Kysely<Tables>;
const TRIAL_COLUMNS = ['trial_id', 'number', 'study_id', 'state', 'datetime_start', 'datetime_complete'] as const;

/** The study's row, locked against other writers where the database locks rows. */
export function* requireStudy(db: Builder, studyId: number): Script<Tables['studies']> {
  const row = yield* first(db.selectFrom('studies').selectAll().where('study_id', '=', studyId));
  if (!row) throw new StudyNotFoundError(`There is no study with id ${studyId}; it may have been deleted.`);
  return row;
}

export function* readStudy(db: Builder, row: Tables['studies']): Script<FrozenStudy> {
  const id = row.study_id;
  const directions = yield* all(
    db.selectFrom('study_directions').select('direction').where('study_id', '=', id).orderBy('objective'),
  );
  const user = yield* all(db.selectFrom('study_user_attributes').selectAll().where('study_id', '=', id));
  const system = yield* all(db.selectFrom('study_system_attributes').selectAll().where('study_id', '=', id));
  return {
    id,
    name: row.study_name,
    directions: directions.map(({ direction }) => readDirection(direction)),
    userAttributes: readAttributes(user),
    systemAttributes: readAttributes(system),
  };
}

/** The trial's row, which must be RUNNING. */
export function* requireRunning(db: Builder, trialId: number): Script<TrialRow> {
  const row = yield* requireTrial(db, trialId);
  if (row.state !== 'RUNNING') throw notRunning(row.number, row.state);
  return row;
}

export function* requireTrial(db: Builder, trialId: number): Script<TrialRow> {
  const row = yield* first(db.selectFrom('trials').select(TRIAL_COLUMNS).where('trial_id', '=', trialId));
  if (!row) throw new TrialNotFoundError(`There is no trial with id ${trialId}; its study may have been deleted.`);
  return row;
}

/** Inserts a trial under the next number; the caller's transaction holds the lock that makes it the next. */
export function* insertTrial(
  db: Builder,
  studyId: number,
  state: TrialState,
  startedAt: Date | null,
  completedAt: Date | null = null,
): Script<TrialRow> {
  const last = yield* first(
    db.selectFrom('trials').select('number').where('study_id', '=', studyId).orderBy('trial_id', 'desc').limit(1),
  );
  const row = yield* first(
    db
      .insertInto('trials')
      .values({
        number: (last?.number ?? -1) + 1,
        study_id: studyId,
        state,
        datetime_start: startedAt && formatTime(startedAt),
        datetime_complete: completedAt && formatTime(completedAt),
      } as TrialRow)
      .returning(TRIAL_COLUMNS),
  );
  return row!;
}

/** Makes the oldest waiting trial running; undefined when none waits. */
export function* claimWaiting(db: Builder, studyId: number, now: Date): Script<TrialRow | undefined> {
  const oldest = db
    .selectFrom('trials')
    .select('trial_id')
    .where('study_id', '=', studyId)
    .where('state', '=', 'WAITING')
    .orderBy('trial_id')
    .limit(1);
  return yield* first(
    db
      .updateTable('trials')
      .set({ state: 'RUNNING', datetime_start: formatTime(now) })
      .where('trial_id', '=', oldest)
      .where('state', '=', 'WAITING')
      .returning(TRIAL_COLUMNS),
  );
}

export function* writeChanges(db: Builder, trial: TrialRow, changes: TrialChanges): Script<void> {
  if (changes.params?.size) yield* insertParams(db, trial, changes.params);
  if (changes.intermediateValues?.size) {
    const rows = Array.from(changes.intermediateValues, ([step, value]) => ({
      trial_id: trial.trial_id,
      step,
      ...intermediateColumns(value),
    }));
    yield* all(
      db
        .insertInto('trial_intermediate_values')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['trial_id', 'step']).doUpdateSet((row) => ({
            intermediate_value: row.ref('excluded.intermediate_value'),
            intermediate_value_type: row.ref('excluded.intermediate_value_type'),
          })),
        ),
    );
  }
  yield* upsertAttributes(db, 'trial_user_attributes', trial.trial_id, changes.userAttributes);
  yield* upsertAttributes(db, 'trial_system_attributes', trial.trial_id, changes.systemAttributes);
}

function* insertParams(db: Builder, trial: TrialRow, params: ReadonlyMap<string, StoredParam>): Script<void> {
  const set = yield* all(db.selectFrom('trial_params').select('param_name').where('trial_id', '=', trial.trial_id));
  const rows: Omit<Tables['trial_params'], 'param_id'>[] = [];
  for (const [name, { internal, distribution }] of params) {
    if (set.some((row) => row.param_name === name)) throw alreadySet(trial.number, name);
    const previous = yield* firstUse(db, trial.study_id, name);
    if (previous) checkCompatible(name, previous, distribution);
    const distribution_json = formatDistribution(distribution);
    rows.push({ trial_id: trial.trial_id, param_name: name, param_value: internal, distribution_json });
  }
  yield* all(db.insertInto('trial_params').values(rows as Tables['trial_params'][]));
}

function* firstUse(db: Builder, studyId: number, name: string): Script<Distribution | undefined> {
  const row = yield* first(
    db
      .selectFrom('trials')
      .innerJoin('trial_params', 'trial_params.trial_id', 'trials.trial_id')
      .select('distribution_json')
      .where('trials.study_id', '=', studyId)
      .where('param_name', '=', name)
      .limit(1),
  );
  return row && parseDistribution(row.distribution_json);
}

function* upsertAttributes(
  db: Builder,
  table: 'trial_user_attributes' | 'trial_system_attributes',
  trialId: number,
  attributes: Attributes | undefined,
): Script<void> {
  const rows = Object.entries(attributes ?? {}).map(([key, value]) => ({
    trial_id: trialId,
    key,
    value_json: formatJson(value),
  }));
  if (rows.length === 0) return;
  yield* all(
    db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['trial_id', 'key']).doUpdateSet((row) => ({ value_json: row.ref('excluded.value_json') })),
      ),
  );
}

export function* insertValues(db: Builder, trialId: number, values: readonly number[]): Script<void> {
  const rows = values.map((value, objective) => ({ trial_id: trialId, objective, ...valueColumns(value) }));
  yield* all(db.insertInto('trial_values').values(rows));
}

/** Writes everything else before the state: Optuna never reads a finished trial again. */
export function* endTrial(
  db: Builder,
  trial: TrialRow,
  state: FinishedState,
  values: readonly number[] | null,
  changes: TrialChanges,
): Script<FrozenTrial> {
  const trialId = trial.trial_id;
  yield* writeChanges(db, trial, changes);
  if (values?.length) yield* insertValues(db, trialId, values);
  const set = { state, datetime_complete: formatTime(new Date()) };
  yield* all(db.updateTable('trials').set(set).where('trial_id', '=', trialId));
  return (yield* selectTrials(db, { trialId }))[0]!;
}

/** A study's trials by ascending id, in six queries however many there are. */
export function* selectTrials(
  db: Builder,
  where: { studyId: number; filter?: TrialFilter } | { trialId: number },
): Script<FrozenTrial[]> {
  const restrict = <O>(query: SelectQueryBuilder<Tables, 'trials', O>) => {
    if ('trialId' in where) return query.where('trials.trial_id', '=', where.trialId);
    const { studyId, filter } = where;
    const inStudy = query.where('trials.study_id', '=', studyId);
    if (!filter) return inStudy;
    return inStudy.where((e) => {
      const newer = e('trials.trial_id', '>', filter.newerThan);
      return filter.also.length === 0 ? newer : e.or([newer, e('trials.trial_id', 'in', filter.also)]);
    });
  };
  const trials = yield* all(restrict(db.selectFrom('trials').select(TRIAL_COLUMNS)).orderBy('trials.trial_id'));
  if (trials.length === 0) return [];
  const ids = restrict(db.selectFrom('trials').select('trials.trial_id'));
  const part = <T extends keyof Tables & `trial_${string}`>(table: T, order: string): Script<Tables[T][]> =>
    all(
      db
        .selectFrom(table as 'trial_params')
        .selectAll()
        .where('trial_id', 'in', ids)
        .orderBy(sql.ref(order)),
    ) as unknown as Script<Tables[T][]>;
  const parts = {
    params: group(yield* part('trial_params', 'param_id')),
    values: group(yield* part('trial_values', 'trial_value_id')),
    intermediateValues: group(yield* part('trial_intermediate_values', 'trial_intermediate_value_id')),
    userAttributes: group(yield* part('trial_user_attributes', 'trial_user_attribute_id')),
    systemAttributes: group(yield* part('trial_system_attributes', 'trial_system_attribute_id')),
  };
  return trials.map((row) => {
    const own = Object.entries(parts).map(([name, groups]) => [name, groups.get(row.trial_id) ?? []]);
    return readTrial(row, Object.fromEntries(own) as TrialParts);
  });
}

function group<R extends { trial_id: number }>(rows: readonly R[]): Map<number, R[]> {
  const groups = new Map<number, R[]>();
  for (const row of rows) {
    const own = groups.get(row.trial_id);
    if (own) own.push(row);
    else groups.set(row.trial_id, [row]);
  }
  return groups;
}
