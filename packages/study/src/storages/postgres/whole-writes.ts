/** The writes of every trial, each one statement that checks and writes, so that it needs one round trip and no BEGIN. */

import type { Compilable } from 'kysely';
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

/** What follows the parameters or the end where there are attributes to set, which there mostly are not. */
const SET_ATTRIBUTES = (trial: string) => `, attributes AS (
    INSERT INTO trial_system_attributes (trial_id, key, value_json)
    SELECT trial_id, key, value_json FROM ${trial}, unnest($6::text[], $7::text[]) AS given (key, value_json)
    ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json
  )`;

/** Written only where the trial runs, is of the study and has none of the parameters; gives what there was before. */
const WRITE_PARAMS = (attributes: string) => `/* commits by itself */
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
  )${attributes}
  SELECT number, study_id, state, (SELECT json_object_agg(param_name, param_value) FROM present) AS present FROM trial`;

const FINISH = (attributes: string) => `/* commits by itself */
  WITH ended AS (
    UPDATE trials SET state = $2::trialstate, datetime_complete = $3::timestamp
    WHERE trial_id = $1 AND state = 'RUNNING' RETURNING trial_id
  ), values_ AS (
    INSERT INTO trial_values (trial_id, objective, value, value_type)
    SELECT trial_id, ordinality - 1, value, type
    FROM ended, unnest($4::float8[], $5::trialvaluetype[]) WITH ORDINALITY AS given (value, type, ordinality)
  )${attributes}
  SELECT trial_id FROM ended`;

/** A statement without attributes, then with. */
type Pair = readonly [plain: string, withAttributes: string];
const WRITES: Pair = [WRITE_PARAMS(''), WRITE_PARAMS(SET_ATTRIBUTES('writable'))];
const ENDS: Pair = [FINISH(''), FINISH(SET_ATTRIBUTES('ended'))];

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
    const values = [
      id,
      studyId,
      textArray(names),
      numberArray(stored.map(({ internal }) => internal)),
      textArray(stored.map(({ distribution }) => formatDistribution(distribution))),
    ];
    const write = withAttributes<Written>(WRITES, values, systemAttributes);
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
    const given = [
      trialId,
      state,
      formatTime(completedAt),
      numberArray(columns.map(({ value }) => value)),
      textArray(columns.map(({ value_type }) => value_type)),
    ];
    const [ended] = yield* alone(withAttributes(ENDS, given, systemAttributes));
    if (ended.length > 0) return;
    const [[row]] = yield* alone(selectWhole({ trialId }));
    if (!row) throw trialNotFound(trialId);
    const trial = readWhole(row);
    const happenedBefore = repeated && trial.state === state && trial.completedAt?.getTime() === completedAt.getTime();
    if (!happenedBefore) throw notRunning(trial.number, trial.state);
  },
};

function withAttributes<R>([plain, full]: Pair, values: readonly unknown[], attributes: Attributes): Compilable<R> {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return query(plain, values);
  const texts = Object.values(attributes).map((value) => formatJson(value));
  return query(full, [...values, textArray(keys), textArray(texts)]);
}
