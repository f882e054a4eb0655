/** Trials with all their parts as one query, which aggregates these as JSON. */

import type { Compilable } from 'kysely';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { TrialCondition } from '../relational/dialect.js';
import { readTrial, type TrialRow } from '../relational/rows.js';
import type { IntermediateValueType, ValueType } from '../relational/schema.js';
import { numberArray, query } from './query.js';

export const COLUMNS = 'trial_id, number, study_id, state, datetime_start, datetime_complete';
/** Each part of a trial `t` as a list of lists, in the order of its keys. */
export const PARTS = `
  (SELECT json_agg(json_build_array(param_name, param_value, distribution_json) ORDER BY param_id)
    FROM trial_params p WHERE p.trial_id = t.trial_id) AS params,
  (SELECT json_agg(json_build_array(objective, value, value_type) ORDER BY trial_value_id)
    FROM trial_values p WHERE p.trial_id = t.trial_id) AS values_,
  (SELECT json_agg(json_build_array(step, intermediate_value, intermediate_value_type)
      ORDER BY trial_intermediate_value_id)
    FROM trial_intermediate_values p WHERE p.trial_id = t.trial_id) AS reports,
  (SELECT json_agg(json_build_array(key, value_json) ORDER BY trial_user_attribute_id)
    FROM trial_user_attributes p WHERE p.trial_id = t.trial_id) AS user_attributes,
  (SELECT json_agg(json_build_array(key, value_json) ORDER BY trial_system_attribute_id)
    FROM trial_system_attributes p WHERE p.trial_id = t.trial_id) AS system_attributes`;
export const SELECT = `SELECT ${COLUMNS}, ${PARTS} FROM trials t`;

/**
 * Worded for a plan that is made once and reads only these: without `+ 0` it reads all of the study's trials, without the
 * upper bound it is taken for a third of the table and planned anew each time.
 */
const NEWER = `${SELECT}
  WHERE study_id + 0 = $1 AND (trial_id > $2 AND trial_id <= 2147483647 OR trial_id = ANY($3::int[])) ORDER BY trial_id`;

export interface WholeTrial extends TrialRow {
  readonly params: string | null;
  readonly values_: string | null;
  readonly reports: string | null;
  readonly user_attributes: string | null;
  readonly system_attributes: string | null;
}

export function selectWhole(condition: TrialCondition): Compilable<WholeTrial> {
  if ('trialId' in condition) return query(`${SELECT} WHERE trial_id = $1`, [condition.trialId]);
  const { studyId, filter } = condition;
  if (!filter?.newerThan) return query(`${SELECT} WHERE study_id = $1 ORDER BY trial_id`, [studyId]);
  return query(NEWER, [studyId, filter.newerThan, numberArray(filter.also)]);
}

export function readWhole(row: WholeTrial): FrozenTrial {
  const list = <R>(text: string | null, read: (cells: never) => R): R[] =>
    text === null ? [] : (JSON.parse(text) as never[]).map(read);
  const attribute = ([key, value_json]: [string, string]) => ({ key, value_json });
  return readTrial(row, {
    params: list(row.params, ([param_name, param_value, distribution_json]: [string, number, string]) => ({
      param_name,
      param_value,
      distribution_json,
    })),
    values: list(row.values_, ([objective, value, value_type]: [number, number | null, ValueType]) => ({
      objective,
      value,
      value_type,
    })),
    intermediateValues: list(row.reports, ([step, value, type]: [number, number | null, IntermediateValueType]) => ({
      step,
      intermediate_value: value,
      intermediate_value_type: type,
    })),
    userAttributes: list(row.user_attributes, attribute),
    systemAttributes: list(row.system_attributes, attribute),
  });
}
