/** Studies in Optuna's tables. */

import type { Compilable } from 'kysely';
import { DuplicateStudyError, StudyNotFoundError } from '../../errors.js';
import { formatJson } from '../../json.js';
import type { Attributes, Direction } from '../../trial/frozen-trial.js';
import type { FrozenStudy } from '../storage.js';
import type { Builder, Dialect } from './dialect.js';
import { readAttributes, readDirection, storedDirection } from './rows.js';
import type { Tables } from './schema.js';
import { all, first, type Script, together } from './script.js';

type StudyRow = Tables['studies'];

/** The query of a study's row; see `found`. */
export function studyRow(db: Builder, studyId: number) {
  return db.selectFrom('studies').selectAll().where('study_id', '=', studyId);
}

export function found(rows: readonly StudyRow[], studyId: number): StudyRow {
  if (rows[0]) return rows[0];
  throw new StudyNotFoundError(`There is no study with id ${studyId}; it may have been deleted.`);
}

/** Locks a study's row against other writers; trial numbers are given out under this lock. */
export function* lockStudy(dialect: Dialect, studyId: number): Script<StudyRow> {
  return found(yield* all(dialect.locked(studyRow(dialect.db, studyId))), studyId);
}

export function* readStudy(db: Builder, row: StudyRow): Script<FrozenStudy> {
  const id = row.study_id;
  const [directions, user, system] = yield* together(
    db.selectFrom('study_directions').select('direction').where('study_id', '=', id).orderBy('objective'),
    db.selectFrom('study_user_attributes').selectAll().where('study_id', '=', id),
    db.selectFrom('study_system_attributes').selectAll().where('study_id', '=', id),
  );
  return {
    id,
    name: row.study_name,
    directions: directions.map(({ direction }) => readDirection(direction)),
    userAttributes: readAttributes(user),
    systemAttributes: readAttributes(system),
  };
}

export function* findStudy(db: Builder, name: string): Script<FrozenStudy | null> {
  const row = yield* first(db.selectFrom('studies').selectAll().where('study_name', '=', name));
  return row ? yield* readStudy(db, row) : null;
}

/** @throws DuplicateStudyError when the name is taken */
export function* insertStudy(db: Builder, name: string, directions: readonly Direction[]): Script<number> {
  const taken = yield* first(db.selectFrom('studies').select('study_id').where('study_name', '=', name));
  if (taken) throw new DuplicateStudyError(`A study named '${name}' already exists; load it or choose another name.`);
  const row = yield* first(
    db
      .insertInto('studies')
      .values({ study_name: name } as StudyRow)
      .returningAll(),
  );
  const study_id = row!.study_id;
  // Optuna reads directions without an order, so they go in one by one.
  yield* together(
    ...directions.map((direction, objective) =>
      db.insertInto('study_directions').values({ study_id, objective, direction: storedDirection(direction) }),
    ),
  );
  return study_id;
}

/** Sets attributes of a study; none is a query less. */
export function upsertStudyAttributes(
  db: Builder,
  table: 'study_user_attributes' | 'study_system_attributes',
  study_id: number,
  attributes: Attributes,
): Compilable<unknown>[] {
  const rows = Object.entries(attributes).map(([key, value]) => ({ study_id, key, value_json: formatJson(value) }));
  if (rows.length === 0) return [];
  return [
    db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['study_id', 'key']).doUpdateSet((row) => ({ value_json: row.ref('excluded.value_json') })),
      ),
  ];
}

/** Children before parents, so that nothing points at a deleted row at any moment. */
const TRIAL_TABLES = [
  'trial_heartbeats',
  'trial_intermediate_values',
  'trial_values',
  'trial_params',
  'trial_system_attributes',
  'trial_user_attributes',
] as const;
const STUDY_TABLES = [
  'trials',
  'study_system_attributes',
  'study_user_attributes',
  'study_directions',
  'studies',
] as const;

export function deleteStudy(db: Builder, studyId: number): Compilable<unknown>[] {
  const trials = db.selectFrom('trials').select('trial_id').where('study_id', '=', studyId);
  return [
    ...TRIAL_TABLES.map((table) => db.deleteFrom(table as 'trial_values').where('trial_id', 'in', trials)),
    ...STUDY_TABLES.map((table) => db.deleteFrom(table as 'studies').where('study_id', '=', studyId)),
  ];
}
