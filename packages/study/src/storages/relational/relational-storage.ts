/** A storage in Optuna's tables, over any database that runs scripts of queries. */

import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../json.js';
import {
  type Direction,
  type FinishedState,
  type FrozenTrial,
  isFinished,
  type TrialTemplate,
} from '../../trial/frozen-trial.js';
import type { FrozenStudy, StartedTrial, Storage, StudyTemplate, TrialChanges, TrialFilter } from '../storage.js';
import { checkParams, insertChanges, insertValues } from './changes.js';
import type { Dialect } from './dialect.js';
import { fillStudy } from './fill-study.js';
import { lockStale, upsertHeartbeat } from './heartbeats.js';
import { replaceAttribute } from './replace-attribute.js';
import { storedParams } from './rows.js';
import { all, first, lastly, type RelationalDatabase, type Script, together } from './script.js';
import {
  deleteStudy,
  findStudy,
  found,
  insertStudy,
  lockStudy,
  readStudy,
  studyRow,
  upsertStudyAttributes,
} from './studies.js';
import { endTrial, insertTrial, newestTrial, running, trialNotFound, trialRow } from './trials.js';
import { UsedDistributions } from './used-distributions.js';
import { finishTrial, recallWrite, writeTrial } from './write-trial.js';

export class RelationalStorage implements Storage {
  readonly #database: RelationalDatabase;
  readonly #dialect: Dialect;
  readonly #used = new UsedDistributions();
  /** For each study an id up to which no trial waits any more, so that starting one need not look at them all. */
  readonly #settled = new Map<number, number>();
  /** The studies of running trials that were started here. */
  readonly #studyOf = new Map<number, number>();

  protected constructor(database: RelationalDatabase, dialect: Dialect) {
    this.#database = database;
    this.#dialect = dialect;
  }

  async createStudy(name: string, directions: readonly Direction[]): Promise<FrozenStudy> {
    return (await this.addStudies([{ name, directions }]))[0]!;
  }

  addStudies(templates: readonly StudyTemplate[]): Promise<FrozenStudy[]> {
    const { db } = this.#dialect;
    return this.#database.write(
      function* () {
        const added: FrozenStudy[] = [];
        for (const template of templates) {
          const id = yield* insertStudy(db, template.name, template.directions);
          yield* fillStudy(db, id, template);
          added.push(yield* readStudy(db, { study_id: id, study_name: template.name }));
        }
        return added;
      },
      function* (_, value) {
        for (const { id, name } of value!) if ((yield* findStudy(db, name))?.id !== id) return undefined;
        return { value: value! };
      },
    );
  }

  getStudies(): Promise<FrozenStudy[]> {
    const { db } = this.#dialect;
    return this.#database.read(function* () {
      const studies: FrozenStudy[] = [];
      for (const row of yield* all(db.selectFrom('studies').selectAll().orderBy('study_id'))) {
        studies.push(yield* readStudy(db, row));
      }
      return studies;
    });
  }

  findStudy(name: string): Promise<FrozenStudy | null> {
    return this.#database.read(() => findStudy(this.#dialect.db, name));
  }

  getStudy(studyId: number): Promise<FrozenStudy> {
    const { db } = this.#dialect;
    return this.#database.read(function* () {
      return yield* readStudy(db, found(yield* all(studyRow(db, studyId)), studyId));
    });
  }

  async deleteStudy(studyId: number): Promise<void> {
    const dialect = this.#dialect;
    await this.#database.write(
      function* () {
        yield* lockStudy(dialect, studyId);
        yield* lastly(...deleteStudy(dialect.db, studyId));
      },
      function* () {
        return (yield* all(studyRow(dialect.db, studyId))).length === 0 ? { value: undefined } : undefined;
      },
    );
    this.#used.forget(studyId);
    this.#settled.delete(studyId);
  }

  setStudyUserAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    return this.#setStudyAttribute('study_user_attributes', studyId, key, value);
  }

  setStudySystemAttribute(studyId: number, key: string, value: JsonValue): Promise<void> {
    return this.#setStudyAttribute('study_system_attributes', studyId, key, value);
  }

  async #setStudyAttribute(
    table: 'study_user_attributes' | 'study_system_attributes',
    studyId: number,
    key: string,
    value: JsonValue,
  ): Promise<void> {
    const { db } = this.#dialect;
    const upsert = upsertStudyAttributes(db, table, studyId, { [key]: value });
    await this.#database.write(function* () {
      found(yield* all(studyRow(db, studyId)), studyId);
      yield* lastly(...upsert);
    });
  }

  async startTrial(studyId: number): Promise<FrozenTrial> {
    return (await this.#start(studyId)).trial;
  }

  startAndRead(studyId: number, filter: TrialFilter): Promise<StartedTrial> {
    return this.#start(studyId, filter);
  }

  async #start(studyId: number, filter?: TrialFilter): Promise<StartedTrial> {
    const settled = this.#settled.get(studyId) ?? 0;
    const started = await this.#database.write(this.#dialect.startTrial(studyId, settled, new Date(), filter));
    const { id } = started.trial;
    // Ids of a deleted study may have been given out again, so what is newest counts, not what is largest.
    this.#settled.set(studyId, id);
    this.#studyOf.set(id, studyId);
    return started;
  }

  addTrial(studyId: number, template: TrialTemplate): Promise<FrozenTrial> {
    const dialect = this.#dialect;
    const { db } = dialect;
    const used = this.#used;
    const { state } = template;
    const startedAt = template.startedAt ?? (state === 'WAITING' ? null : new Date());
    const completedAt = template.completedAt ?? (isFinished(state) ? new Date() : null);
    const params = storedParams(template);
    return this.#database.write(
      function* () {
        yield* lockStudy(dialect, studyId);
        const newest = yield* first(newestTrial(db, studyId));
        const number = newest ? newest.number + 1 : 0;
        const row = yield* insertTrial(db, studyId, number, state, startedAt, completedAt);
        yield* checkParams(dialect, used, row, [], params);
        yield* together(
          ...insertChanges(db, row.trial_id, { ...template, params }),
          ...insertValues(db, row.trial_id, template.values),
        );
        return yield* readOne(dialect, row.trial_id);
      },
      function* (_, value) {
        // An id, too, is given out again after a crash, but not with all the same in it.
        const { queries, read } = dialect.selectTrials({ trialId: value!.id });
        const [trial] = read(yield* together(...queries));
        return isDeepStrictEqual(trial, value) ? { value: value! } : undefined;
      },
    );
  }

  async writeTrial(trialId: number, changes: TrialChanges): Promise<void> {
    const studyId = this.#studyOf.get(trialId);
    await this.#database.write(...writeTrial(this.#dialect, this.#used, trialId, studyId, changes));
  }

  replaceSystemAttribute(
    trialId: number,
    key: string,
    seen: JsonValue | undefined,
    value: JsonValue,
  ): Promise<boolean> {
    const dialect = this.#dialect;
    return this.#database.write(
      function* () {
        running(yield* all(trialRow(dialect, trialId)), trialId);
        return yield* replaceAttribute(dialect.db, trialId, key, seen, value);
      },
      recallWrite(dialect, trialId),
    );
  }

  async finishTrial(
    trialId: number,
    state: FinishedState,
    values: readonly number[] | null,
    changes: TrialChanges = {},
  ): Promise<Date> {
    const end = { state, values, completedAt: new Date() };
    await this.#database.write(...finishTrial(this.#dialect, this.#used, trialId, end, changes));
    this.#studyOf.delete(trialId);
    return end.completedAt;
  }

  async recordHeartbeat(trialId: number): Promise<void> {
    const dialect = this.#dialect;
    await this.#database.write(function* () {
      running(yield* all(trialRow(dialect, trialId)), trialId);
      yield* lastly(upsertHeartbeat(dialect, trialId));
    });
  }

  failStaleTrials(studyId: number, graceMs: number, changes: TrialChanges = {}): Promise<FrozenTrial[]> {
    const dialect = this.#dialect;
    return this.#database.write(
      function* () {
        found(yield* all(studyRow(dialect.db, studyId)), studyId);
        const failed: FrozenTrial[] = [];
        for (const { trial_id } of yield* lockStale(dialect, studyId, graceMs)) {
          const end = { state: 'FAIL', values: null, completedAt: new Date() } as const;
          yield* together(...endTrial(dialect.db, trial_id, end, changes));
          failed.push(yield* readOne(dialect, trial_id));
        }
        return failed;
      },
      function* (transaction, value) {
        const [trial] = value!;
        return trial && (yield* dialect.traces!.wrote(transaction, trial.id)) ? { value: value! } : undefined;
      },
    );
  }

  getTrial(trialId: number): Promise<FrozenTrial> {
    const { queries, read } = this.#dialect.selectTrials({ trialId });
    return this.#database.read(function* () {
      const [trial] = read(yield* together(...queries));
      if (!trial) throw trialNotFound(trialId);
      return trial;
    });
  }

  getTrials(studyId: number, filter?: TrialFilter): Promise<FrozenTrial[]> {
    const dialect = this.#dialect;
    return this.#database.read(function* () {
      const trials = yield* readTrials(dialect, studyId, filter);
      if (trials.length === 0) found(yield* all(studyRow(dialect.db, studyId)), studyId);
      return trials;
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function* readTrials(dialect: Dialect, studyId: number, filter?: TrialFilter): Script<FrozenTrial[]> {
  if (!filter?.newerThan && dialect.readStudy) return yield* dialect.readStudy(studyId);
  const { queries, read } = dialect.selectTrials({ studyId, filter });
  return read(yield* together(...queries));
}

function* readOne(dialect: Dialect, trialId: number): Script<FrozenTrial> {
  const { queries, read } = dialect.selectTrials({ trialId });
  return read(yield* together(...queries))[0]!;
}
