/** A storage in Optuna's tables, over any database that runs scripts of queries. */

import type { RawBuilder } from 'kysely';
import { toInternal } from '../../distributions/representation.js';
import { DuplicateStudyError } from '../../errors.js';
import { formatJson, type JsonValue } from '../../json.js';
import {
  type Direction,
  type FinishedState,
  type FrozenTrial,
  isFinished,
  type TrialTemplate,
} from '../../trial/frozen-trial.js';
import type { FrozenStudy, Storage, StoredParam, TrialChanges, TrialFilter } from '../storage.js';
import { findStale, upsertHeartbeat } from './heartbeats.js';
import {
  type Builder,
  claimWaiting,
  endTrial,
  insertTrial,
  insertValues,
  readStudy,
  requireRunning,
  requireStudy,
  requireTrial,
  selectTrials,
  writeChanges,
} from './queries.js';
import { storedDirection } from './rows.js';
import { all, first, type RelationalDatabase } from './script.js';

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

export class RelationalStorage implements Storage {
  readonly #database: RelationalDatabase;
  readonly #db: Builder;
  readonly #clock: RawBuilder<string>;

  /** @param clock an SQL expression: the database's time in UTC as `YYYY-MM-DD HH:MM:SS.ffffff` */
  protected constructor(database: RelationalDatabase, builder: Builder, clock: RawBuilder<string>) {
    this.#database = database;
    this.#db = builder;
    this.#clock = clock;
  }

  createStudy(name: string, directions: readonly Direction[]): Promise<FrozenStudy> {
    const db = this.#db;
    return this.#database.write(function* () {
      const taken = yield* first(db.selectFrom('studies').select('study_id').where('study_name', '=', name));
      if (taken)
        throw new DuplicateStudyError(`A study named '${name}' already exists; load it or choose another name.`);
      const values = { study_name: name } as { study_id: number; study_name: string };
      const row = yield* first(db.insertInto('studies').values(values).returningAll());
      const study_id = row!.study_id;
      // Optuna reads directions without an order, so they go in one by one.
      for (const [objective, direction] of directions.entries()) {
        yield* all(
          db.insertInto('study_directions').values({ study_id, objective, direction: storedDirection(direction) }),
        );
      }
      return yield* readStudy(db, row!);
    });
  }

  getStudies(): Promise<FrozenStudy[]> {
    const db = this.#db;
    return this.#database.read(function* () {
      const studies: FrozenStudy[] = [];
      for (const row of yield* all(db.selectFrom('studies').selectAll().orderBy('study_id'))) {
        studies.push(yield* readStudy(db, row));
      }
      return studies;
    });
  }

  findStudy(name: string): Promise<FrozenStudy | null> {
    const db = this.#db;
    return this.#database.read(function* () {
      const row = yield* first(db.selectFrom('studies').selectAll().where('study_name', '=', name));
      return row ? yield* readStudy(db, row) : null;
    });
  }

  getStudy(studyId: number): Promise<FrozenStudy> {
    const db = this.#db;
    return this.#database.read(function* () {
      return yield* readStudy(db, yield* requireStudy(db, studyId));
    });
  }

  deleteStudy(studyId: number): Promise<void> {
    const db = this.#db;
    return this.#database.write(function* () {
      yield* requireStudy(db, studyId);
      const trials = db.selectFrom('trials').select('trial_id').where('study_id', '=', studyId);
      for (const table of TRIAL_TABLES)
        yield* all(db.deleteFrom(table as 'trial_values').where('trial_id', 'in', trials));
      for (const table of STUDY_TABLES) yield* all(db.deleteFrom(table as 'studies').where('study_id', '=', studyId));
    });
  }

  setStudyUserAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    return this.#setStudyAttribute('study_user_attributes', studyId, key, value);
  }

  setStudySystemAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    return this.#setStudyAttribute('study_system_attributes', studyId, key, value);
  }

  async #setStudyAttribute(
    table: 'study_user_attributes' | 'study_system_attributes',
    study_id: number,
    key: string,
    value: JsonValue,
  ): Promise<void> {
    const db = this.#db;
    const value_json = formatJson(value);
    await this.#database.write(function* () {
      yield* requireStudy(db, study_id);
      yield* all(
        db
          .insertInto(table)
          .values({ study_id, key, value_json })
          .onConflict((conflict) => conflict.columns(['study_id', 'key']).doUpdateSet({ value_json })),
      );
    });
  }

  startTrial(studyId: number): Promise<FrozenTrial> {
    const db = this.#db;
    return this.#database.write(function* () {
      yield* requireStudy(db, studyId);
      const now = new Date();
      const row = (yield* claimWaiting(db, studyId, now)) ?? (yield* insertTrial(db, studyId, 'RUNNING', now));
      return (yield* selectTrials(db, { trialId: row.trial_id }))[0]!;
    });
  }

  addTrial(studyId: number, template: TrialTemplate): Promise<FrozenTrial> {
    const db = this.#db;
    const { state } = template;
    const startedAt = template.startedAt ?? (state === 'WAITING' ? null : new Date());
    const completedAt = template.completedAt ?? (isFinished(state) ? new Date() : null);
    return this.#database.write(function* () {
      yield* requireStudy(db, studyId);
      const row = yield* insertTrial(db, studyId, state, startedAt, completedAt);
      yield* writeChanges(db, row, { ...template, params: storedParams(template) });
      if (template.values?.length) yield* insertValues(db, row.trial_id, template.values);
      return (yield* selectTrials(db, { trialId: row.trial_id }))[0]!;
    });
  }

  writeTrial(trialId: number, changes: TrialChanges): Promise<void> {
    const db = this.#db;
    return this.#database.write(function* () {
      yield* writeChanges(db, yield* requireRunning(db, trialId), changes);
    });
  }

  finishTrial(
    trialId: number,
    state: FinishedState,
    values: readonly number[] | null,
    changes: TrialChanges = {},
  ): Promise<FrozenTrial> {
    const db = this.#db;
    return this.#database.write(function* () {
      return yield* endTrial(db, yield* requireRunning(db, trialId), state, values, changes);
    });
  }

  recordHeartbeat(trialId: number): Promise<void> {
    const [db, clock] = [this.#db, this.#clock];
    return this.#database.write(function* () {
      yield* requireRunning(db, trialId);
      yield* upsertHeartbeat(db, trialId, clock);
    });
  }

  failStaleTrials(studyId: number, graceMs: number, changes: TrialChanges = {}): Promise<FrozenTrial[]> {
    const [db, clock] = [this.#db, this.#clock];
    return this.#database.write(function* () {
      yield* requireStudy(db, studyId);
      const stale = yield* findStale(db, studyId, graceMs, clock);
      const failed: FrozenTrial[] = [];
      for (const row of stale) failed.push(yield* endTrial(db, row, 'FAIL', null, changes));
      return failed;
    });
  }

  getTrial(trialId: number): Promise<FrozenTrial> {
    const db = this.#db;
    return this.#database.read(function* () {
      yield* requireTrial(db, trialId);
      return (yield* selectTrials(db, { trialId }))[0]!;
    });
  }

  getTrials(studyId: number, filter?: TrialFilter): Promise<FrozenTrial[]> {
    const db = this.#db;
    return this.#database.read(function* () {
      yield* requireStudy(db, studyId);
      return yield* selectTrials(db, { studyId, filter });
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function storedParams({ params = {}, distributions = {} }: TrialTemplate): Map<string, StoredParam> {
  const stored = new Map<string, StoredParam>();
  for (const [name, distribution] of Object.entries(distributions)) {
    stored.set(name, { distribution, internal: toInternal(name, distribution, params[name] ?? null) });
  }
  return stored;
}
