/** The writes of every trial, each one statement that checks and writes, so that it needs one round trip and no BEGIN. */

import { formatDistribution } from '../../distributions/optuna-json.js';
import { formatJson } from '../../json.js';
import type { Attributes } from '../../trial/frozen-trial.js';
import { alreadySet, notRunning } from '../refusals.js';
import type { WholeWrites } from '../relational/dialect.js';
import { formatTime, valueColumns } from '../relational/rows.js';
import type { StoredState } from '../relational/schema.js';
import { alone } from '../relational/script.js';
import { trialNotFound } from '../relational/trials.js';
import { numberArray, query, textArray } from './query.js';
import { readWhole, selectWhole } from './whole-trials.js';

const SET_ATTRIBUTES = (trial: string, keys: string, values: string) => `
  INSERT INTO trial_system_attributes (trial_id, key, value_json)
  SELECT trial_id, key, value_json FROM ${trial}, unnest(${keys}::text[], ${values}::text[]) AS given (key, value_json)
  ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json`;

/** Written only where the trial runs, is of the study and has none of the parameters; gives what there was before. */
const WRITE_PARAMS = `/* commits by itself */
  WITH trial AS MATERIALIZED (
    SELECT trial_id, number, study_id, state FROM trials WHERE trial_id = $1 FOR NO KEY UPDATE
  ), present AS MATERIALIZED (
    SELECT param_name, param_value FROM trial_params WHERE trial_id = $1 AND param_name = ANY($3::text[])
  ), writable AS MATERIALIZED (
    SELECT trial_id FROM trial WHERE state = 'RUNNING' AND study_id = $2 AND NOT EXISTS (SELECT FROM present)
  ), params AS (
    INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
    SELECT trial_id, name, value, distribution
    FROM writable, unnest($3::text[], $4::float8[], $5::text[]) AS given (name, value, distribution)
  ), attributes AS (${SET_ATTRIBUTES('writable', '$6', '$7')})
  SELECT number, study_id, state, (SELECT json_object_agg(param_name, param_value) FROM present) AS present FROM trial`;

const FINISH = `/* commits by itself */
  WITH ended AS (
    UPDATE trials SET state = $2::trialstate, datetime_complete = $3::timestamp
    WHERE trial_id = $1 AND state = 'RUNNING' RETURNING trial_id
  ), values_ AS (
    INSERT INTO trial_values (trial_id, objective, value, value_type)
    SELECT trial_id, ordinality - 1, value, type
    FROM ended, unnest($4::float8[], $5::trialvaluetype[]) WITH ORDINALITY AS given (value, type, ordinality)
  ), attributes AS (${SET_ATTRIBUTES('ended', '$6', '$7')})
  SELECT trial_id FROM ended`;

interface Written {
  readonly number: number;
  readonly study_id: number;
  readonly state: StoredState;
  /** JSON of the parameters that were there. */
  readonly present: string | null;
}

export const wholeWrites: WholeWrites = {
  *writeParams({ id, studyId }, params, systemAttributes, repeated) {
    const names = [...params.keys()];
    const stored = [...params.values()];
    const write = query<Written>(WRITE_PARAMS, [
      id,
      studyId,
      textArray(names),
      numberArray(stored.map(({ internal }) => internal)),
      textArray(stored.map(({ distribution }) => formatDistribution(distribution))),
      ...attributeArrays(systemAttributes),
    ]);
    const [[row]] = yield* alone(write);
    if (!row) throw trialNotFound(id);
    if (row.study_id !== studyId) return false;
    const present = row.present === null ? {} : (JSON.parse(row.present) as Record<string, number>);
    const happenedBefore = repeated && [...params].every(([name, { internal }]) => present[name] === internal);
    if (happenedBefore) return true;
    if (row.state !== 'RUNNING') throw notRunning(row.number, row.state);
    const [before] = Object.keys(present);
    if (before !== undefined) throw alreadySet(row.number, before);
    return true;
  },

  *finishTrial(trialId, { state, values, completedAt }, systemAttributes, repeated) {
    const columns = (values ?? []).map(valueColumns);
    const finish = query<{ trial_id: number }>(FINISH, [
      trialId,
      state,
      formatTime(completedAt),
      numberArray(columns.map(({ value }) => value)),
      textArray(columns.map(({ value_type }) => value_type)),
      ...attributeArrays(systemAttributes),
    ]);
    const [ended, [row]] = yield* alone(finish, selectWhole({ trialId }));
    if (!row) throw trialNotFound(trialId);
    const trial = readWhole(row);
    const happenedBefore = repeated && trial.state === state && trial.completedAt?.getTime() === completedAt.getTime();
    if (ended.length === 0 && !happenedBefore) throw notRunning(trial.number, trial.state);
    return trial;
  },
};

function attributeArrays(attributes: Attributes): [keys: string, values: string] {
  const values = Object.values(attributes).map((value) => formatJson(value));
  return [textArray(Object.keys(attributes)), textArray(values)];
}
