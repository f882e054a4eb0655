/** What a write adds to a trial in Optuna's tables. */

import type { Compilable } from 'kysely';
import { checkCompatible } from '../../distributions/distribution.js';
import { formatDistribution, parseDistribution } from '../../distributions/optuna-json.js';
import { formatJson } from '../../json.js';
import type { Attributes } from '../../trial/frozen-trial.js';
import { alreadySet } from '../refusals.js';
import type { StoredParam, TrialChanges } from '../storage.js';
import type { Builder, Dialect } from './dialect.js';
import { intermediateColumns, type TrialRow, valueColumns } from './rows.js';
import { type Script, together } from './script.js';
import { lockStudy } from './studies.js';
import type { UsedDistributions } from './used-distributions.js';

type Params = ReadonlyMap<string, StoredParam>;

/** Names of a trial's parameters; see `checkParams`. */
export function paramNames(db: Builder, trialId: number) {
  return db.selectFrom('trial_params').select('param_name').where('trial_id', '=', trialId);
}

/**
 * Refuses parameters that are set already, or whose name the study uses for another kind.
 * @param set the rows of `paramNames`
 */
export function* checkParams(
  dialect: Dialect,
  used: UsedDistributions,
  trial: TrialRow,
  set: readonly { param_name: string }[],
  params: Params,
): Script<void> {
  for (const { param_name } of set) if (params.has(param_name)) throw alreadySet(trial.number, param_name);
  const unknown = [...params].filter(([name, param]) => !used.isCompatible(trial.study_id, name, param.distribution));
  if (unknown.length === 0) return;
  // Under the study's lock, or two first uses of a name at once would not see each other.
  yield* lockStudy(dialect, trial.study_id);
  const uses = yield* together(...unknown.map(([name]) => firstUse(dialect.db, trial.study_id, name)));
  for (const [i, [name, { distribution }]] of unknown.entries()) {
    const [row] = uses[i] as readonly { distribution_json: string }[];
    if (!row) continue;
    const previous = parseDistribution(row.distribution_json);
    checkCompatible(name, previous, distribution);
    used.add(trial.study_id, name, previous);
  }
}

function firstUse(db: Builder, studyId: number, name: string) {
  return db
    .selectFrom('trials')
    .innerJoin('trial_params', 'trial_params.trial_id', 'trials.trial_id')
    .select('distribution_json')
    .where('trials.study_id', '=', studyId)
    .where('param_name', '=', name)
    .limit(1);
}

/** The queries that write changes, of parameters that have been checked. */
export function insertChanges(db: Builder, trialId: number, changes: TrialChanges): Compilable<unknown>[] {
  return [
    ...insertParams(db, trialId, changes.params),
    ...upsertReports(db, trialId, changes.intermediateValues),
    ...upsertAttributes(db, 'trial_user_attributes', trialId, changes.userAttributes),
    ...upsertAttributes(db, 'trial_system_attributes', trialId, changes.systemAttributes),
  ];
}

function insertParams(db: Builder, trial_id: number, params: Params = new Map()): Compilable<unknown>[] {
  const rows = Array.from(params, ([param_name, { internal, distribution }]) => ({
    trial_id,
    param_name,
    param_value: internal,
    distribution_json: formatDistribution(distribution),
  }));
  return rows.length === 0 ? [] : [db.insertInto('trial_params').values(rows)];
}

function upsertReports(
  db: Builder,
  trial_id: number,
  reports: ReadonlyMap<number, number> = new Map(),
): Compilable<unknown>[] {
  const rows = Array.from(reports, ([step, value]) => ({ trial_id, step, ...intermediateColumns(value) }));
  if (rows.length === 0) return [];
  return [
    db
      .insertInto('trial_intermediate_values')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['trial_id', 'step']).doUpdateSet((row) => ({
          intermediate_value: row.ref('excluded.intermediate_value'),
          intermediate_value_type: row.ref('excluded.intermediate_value_type'),
        })),
      ),
  ];
}

function upsertAttributes(
  db: Builder,
  table: 'trial_user_attributes' | 'trial_system_attributes',
  trial_id: number,
  attributes: Attributes = {},
): Compilable<unknown>[] {
  const rows = Object.entries(attributes).map(([key, value]) => ({ trial_id, key, value_json: formatJson(value) }));
  if (rows.length === 0) return [];
  return [
    db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['trial_id', 'key']).doUpdateSet((row) => ({ value_json: row.ref('excluded.value_json') })),
      ),
  ];
}

export function insertValues(
  db: Builder,
  trial_id: number,
  values: readonly number[] | null = null,
): Compilable<unknown>[] {
  if (!values?.length) return [];
  const rows = values.map((value, objective) => ({ trial_id, objective, ...valueColumns(value) }));
  return [db.insertInto('trial_values').values(rows)];
}
