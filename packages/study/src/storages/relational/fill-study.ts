/** Writes all that a study holds, many rows at a time. */

import type { Compilable } from 'kysely';
import { checkCompatible, type Distribution } from '../../distributions/distribution.js';
import { formatDistribution } from '../../distributions/optuna-json.js';
import { formatJson } from '../../json.js';
import { isFinished, type TrialTemplate } from '../../trial/frozen-trial.js';
import type { StudyTemplate } from '../storage.js';
import type { Builder } from './dialect.js';
import { formatTime, intermediateColumns, storedParams, valueColumns } from './rows.js';
import type { Tables } from './schema.js';
import { all, type Script, together } from './script.js';
import { upsertStudyAttributes } from './studies.js';

/** Rows a statement: fewer parameters than a statement of SQLite may have. */
const ROWS = 1000;

/** Adds attributes and trials to a study that is there already and empty. */
export function* fillStudy(db: Builder, studyId: number, template: StudyTemplate): Script<void> {
  const { userAttributes = {}, systemAttributes = {}, trials = [] } = template;
  checkNames(trials);
  yield* together(
    ...upsertStudyAttributes(db, 'study_user_attributes', studyId, userAttributes),
    ...upsertStudyAttributes(db, 'study_system_attributes', studyId, systemAttributes),
  );
  for (let begin = 0; begin < trials.length; begin += ROWS) {
    yield* insertTrials(db, studyId, begin, trials.slice(begin, begin + ROWS));
  }
}

/** @throws InvalidDistributionError when one name stands for two kinds of distributions */
function checkNames(trials: readonly TrialTemplate[]): void {
  const used = new Map<string, Distribution>();
  for (const { distributions = {} } of trials) {
    for (const [name, distribution] of Object.entries(distributions)) {
      const before = used.get(name);
      if (before) checkCompatible(name, before, distribution);
      else used.set(name, distribution);
    }
  }
}

function* insertTrials(
  db: Builder,
  studyId: number,
  firstNumber: number,
  trials: readonly TrialTemplate[],
): Script<void> {
  const inserted = yield* all(
    db
      .insertInto('trials')
      .values(trials.map((trial, i) => trialColumns(studyId, firstNumber + i, trial)) as Tables['trials'][])
      .returning(['trial_id', 'number']),
  );
  const ids: number[] = [];
  for (const { trial_id, number } of inserted) ids[number - firstNumber] = trial_id;
  yield* together(...insertParts(db, ids, trials));
}

function trialColumns(study_id: number, number: number, { state, startedAt, completedAt }: TrialTemplate) {
  const start = startedAt ?? (state === 'WAITING' ? null : new Date());
  const complete = completedAt ?? (isFinished(state) ? new Date() : null);
  return {
    number,
    study_id,
    state,
    datetime_start: start && formatTime(start),
    datetime_complete: complete && formatTime(complete),
  };
}

function insertParts(db: Builder, ids: readonly number[], trials: readonly TrialTemplate[]): Compilable<unknown>[] {
  const rows = <R extends object>(of: (trial: TrialTemplate) => Iterable<R>) =>
    trials.flatMap((trial, i) => Array.from(of(trial), (row) => ({ trial_id: ids[i]!, ...row })));
  const attributes = (record: TrialTemplate['userAttributes'] = {}) =>
    Object.entries(record).map(([key, value]) => ({ key, value_json: formatJson(value) }));
  return [
    ...inserts(
      db,
      'trial_params',
      rows((trial) =>
        Array.from(storedParams(trial), ([param_name, { internal, distribution }]) => ({
          param_name,
          param_value: internal,
          distribution_json: formatDistribution(distribution),
        })),
      ),
    ),
    ...inserts(
      db,
      'trial_intermediate_values',
      rows(({ intermediateValues = [] }) =>
        Array.from(intermediateValues, ([step, value]) => ({ step, ...intermediateColumns(value) })),
      ),
    ),
    ...inserts(
      db,
      'trial_values',
      rows(({ values }) => (values ?? []).map((value, objective) => ({ objective, ...valueColumns(value) }))),
    ),
    ...inserts(
      db,
      'trial_user_attributes',
      rows(({ userAttributes }) => attributes(userAttributes)),
    ),
    ...inserts(
      db,
      'trial_system_attributes',
      rows(({ systemAttributes }) => attributes(systemAttributes)),
    ),
  ];
}

function inserts(db: Builder, table: keyof Tables, rows: readonly object[]): Compilable<unknown>[] {
  const statements: Compilable<unknown>[] = [];
  for (let begin = 0; begin < rows.length; begin += ROWS) {
    statements.push(db.insertInto(table).values(rows.slice(begin, begin + ROWS) as never));
  }
  return statements;
}
