/** Reads trials in six queries, however many there are. */

import { type SelectQueryBuilder, sql } from 'kysely';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import type { Builder, Selection, TrialCondition } from './dialect.js';
import { type ReadParams, readTrial, type TrialParts, type TrialRow } from './rows.js';
import type { Tables } from './schema.js';

export const TRIAL_COLUMNS = [
  'trial_id',
  'number',
  'study_id',
  'state',
  'datetime_start',
  'datetime_complete',
] as const;

/** The tables of a trial's parts with the columns that are read, the first of which gives their order. */
export const PARTS = {
  params: ['trial_params', 'param_id', 'param_name', 'param_value', 'distribution_json'],
  values: ['trial_values', 'trial_value_id', 'objective', 'value', 'value_type'],
  intermediateValues: [
    'trial_intermediate_values',
    'trial_intermediate_value_id',
    'step',
    'intermediate_value',
    'intermediate_value_type',
  ],
  userAttributes: ['trial_user_attributes', 'trial_user_attribute_id', 'key', 'value_json'],
  systemAttributes: ['trial_system_attributes', 'trial_system_attribute_id', 'key', 'value_json'],
} as const satisfies Record<keyof TrialParts, readonly [keyof Tables, string, ...string[]]>;

export function selectTrials(db: Builder, condition: TrialCondition): Selection<FrozenTrial[]> {
  const trials = restrict(db.selectFrom('trials').select(TRIAL_COLUMNS), condition).orderBy('trials.trial_id');
  return {
    queries: [trials, ...Object.values(PARTS).map((part) => selectPart(db, condition, part))],
    read: ([rows, ...parts]) => joinTrials(rows as TrialRow[], parts),
  };
}

export function selectPart(db: Builder, condition: TrialCondition, part: (typeof PARTS)[keyof TrialParts]) {
  const [table, order, ...columns] = part;
  return db
    .selectFrom(table as 'trial_params')
    .select(['trial_id', ...columns] as unknown as ['trial_id'])
    .where('trial_id', 'in', restrict(db.selectFrom('trials').select('trials.trial_id'), condition))
    .orderBy(sql.ref(order));
}

/** Restricts a query to the trials that are meant. */
export function restrict<O>(
  query: SelectQueryBuilder<Tables, 'trials', O>,
  condition: TrialCondition,
): SelectQueryBuilder<Tables, 'trials', O> {
  if ('trialId' in condition) return query.where('trials.trial_id', '=', condition.trialId);
  const { studyId, filter } = condition;
  const inStudy = query.where('trials.study_id', '=', studyId);
  if (!filter) return inStudy;
  return inStudy.where((e) => {
    const newer = e('trials.trial_id', '>', filter.newerThan);
    return filter.also.length === 0 ? newer : e.or([newer, e('trials.trial_id', 'in', filter.also)]);
  });
}

type PartRow = { readonly trial_id: number };

/** What is known of a trial from elsewhere than its parts' rows. */
export type KnownParts = ReadParams & Pick<TrialParts, 'values'>;

/**
 * @param parts rows of each of `PARTS`
 * @param known further parameters and values of a trial, by its place
 */
export function joinTrials(
  trials: readonly Omit<TrialRow, 'study_id'>[],
  parts: readonly (readonly unknown[])[],
  known: (place: number) => KnownParts | undefined = () => undefined,
): FrozenTrial[] {
  const [params, values, intermediateValues, userAttributes, systemAttributes] = parts.map((rows) =>
    group(rows as PartRow[]),
  ) as { [K in keyof TrialParts]: Map<number, never> }[keyof TrialParts][];
  return trials.map((row, place) => {
    const own = <R>(groups: Map<number, R> | undefined): R | [] => groups!.get(row.trial_id) ?? [];
    const before = known(place);
    const ownParts = {
      params: own(params),
      values: before ? [...before.values, ...own(values)] : own(values),
      intermediateValues: own(intermediateValues),
      userAttributes: own(userAttributes),
      systemAttributes: own(systemAttributes),
    };
    return readTrial(row, ownParts, before);
  });
}

function group<R extends PartRow>(rows: readonly R[]): Map<number, R[]> {
  const groups = new Map<number, R[]>();
  for (const row of rows) {
    const own = groups.get(row.trial_id);
    if (own) own.push(row);
    else groups.set(row.trial_id, [row]);
  }
  return groups;
}
