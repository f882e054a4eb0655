/** Between trials and the rows of Optuna's tables. */

import type { Distribution } from '../../distributions/distribution.js';
import { parseDistribution } from '../../distributions/optuna-json.js';
import { toExternal, toInternal } from '../../distributions/representation.js';
import { freezeJson, type JsonValue, parseJson } from '../../json.js';
import type { Attributes, Direction, FrozenTrial, TrialTemplate } from '../../trial/frozen-trial.js';
import type { StoredParam } from '../storage.js';
import type { AttributeColumns, IntermediateValueType, StoredDirection, Tables, ValueType } from './schema.js';

export type TrialRow = Tables['trials'];

/** A final value as (value, type); Optuna stores no infinities as numbers. */
export function valueColumns(value: number): { value: number | null; value_type: ValueType } {
  if (Number.isFinite(value)) return { value, value_type: 'FINITE' };
  return { value: null, value_type: value > 0 ? 'INF_POS' : 'INF_NEG' };
}

/** An intermediate value as (value, type), which may also be NaN. */
export function intermediateColumns(value: number): {
  intermediate_value: number | null;
  intermediate_value_type: IntermediateValueType;
} {
  if (Number.isNaN(value)) return { intermediate_value: null, intermediate_value_type: 'NAN' };
  const columns = valueColumns(value);
  return { intermediate_value: columns.value, intermediate_value_type: columns.value_type };
}

const SPECIAL = { INF_POS: Number.POSITIVE_INFINITY, INF_NEG: Number.NEGATIVE_INFINITY, NAN: Number.NaN } as const;

export function readValue(value: number | null, type: IntermediateValueType): number {
  // Before schema v3.0.0.c a null without a type was NaN.
  return type === 'FINITE' ? (value ?? Number.NaN) : SPECIAL[type];
}

/** UTC as `YYYY-MM-DD HH:MM:SS.ffffff`. */
export function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 23).replace('T', ' ')}000`;
}

export function readTime(text: string | null): Date | null {
  return text === null ? null : new Date(`${text.slice(0, 23).replace(' ', 'T')}Z`);
}

export function storedDirection(direction: Direction): StoredDirection {
  return direction === 'minimize' ? 'MINIMIZE' : 'MAXIMIZE';
}

/** NOT_SET is only found in studies that were never run; Optuna then minimises. */
export function readDirection(direction: StoredDirection): Direction {
  return direction === 'MAXIMIZE' ? 'maximize' : 'minimize';
}

// Tens of thousands of trials have none of these: they share what is empty.
const NO_ATTRIBUTES: Attributes = Object.freeze({});
const NO_REPORTS: ReadonlyMap<number, number> = new Map();

export function readAttributes(rows: readonly { key: string; value_json: string }[]): Attributes {
  if (rows.length === 0) return NO_ATTRIBUTES;
  return Object.fromEntries(rows.map((row) => [row.key, freezeJson(parseJson(row.value_json))]));
}

/** The rows that belong to one trial, in the tables' order of keys. */
export interface TrialParts {
  readonly params: readonly Pick<Tables['trial_params'], 'param_name' | 'param_value' | 'distribution_json'>[];
  readonly values: readonly Omit<Tables['trial_values'], 'trial_id'>[];
  readonly intermediateValues: readonly Omit<Tables['trial_intermediate_values'], 'trial_id'>[];
  readonly userAttributes: readonly AttributeColumns[];
  readonly systemAttributes: readonly AttributeColumns[];
}

/** A trial that is only just started. */
export const NO_PARTS: TrialParts = {
  params: [],
  values: [],
  intermediateValues: [],
  userAttributes: [],
  systemAttributes: [],
};

/** The parameters of a trial, with their distributions. */
export type ReadParams = Pick<FrozenTrial, 'params' | 'distributions'>;

const NO_PARAMS: ReadParams = { params: {}, distributions: {} };
/** What was read last: trials of a study mostly have the same distributions, and then share them. */
let latest: ReadParams['distributions'] = {};

/** @param others what is known of other parameters of the same trial */
function readParams(rows: TrialParts['params'], others: ReadParams): ReadParams {
  if (rows.length === 0) return others;
  const params: Record<string, JsonValue> = { ...others.params };
  const distributions: Record<string, Distribution> = { ...others.distributions };
  for (const { param_name, param_value, distribution_json } of rows) {
    const distribution = parseDistribution(distribution_json);
    distributions[param_name] = distribution;
    params[param_name] = toExternal(distribution, param_value);
  }
  const names = Object.keys(distributions);
  const isAsBefore = names.join('\n') === Object.keys(latest).join('\n');
  if (!isAsBefore || names.some((name) => distributions[name] !== latest[name])) latest = distributions;
  return { params, distributions: latest };
}

export function readTrial(
  row: Omit<TrialRow, 'study_id'>,
  parts: TrialParts,
  others: ReadParams = NO_PARAMS,
): FrozenTrial {
  const { params, distributions } = readParams(parts.params, others);
  const values = parts.values.length > 1 ? [...parts.values].sort((a, b) => a.objective - b.objective) : parts.values;
  return {
    id: row.trial_id,
    number: row.number,
    state: row.state,
    values: values.length === 0 ? null : values.map((value) => readValue(value.value, value.value_type)),
    params,
    distributions,
    intermediateValues: readReports(parts.intermediateValues),
    userAttributes: readAttributes(parts.userAttributes),
    systemAttributes: readAttributes(parts.systemAttributes),
    startedAt: readTime(row.datetime_start),
    completedAt: readTime(row.datetime_complete),
  };
}

function readReports(rows: TrialParts['intermediateValues']): ReadonlyMap<number, number> {
  if (rows.length === 0) return NO_REPORTS;
  return new Map(
    rows.map((row) => [row.step, readValue(row.intermediate_value, row.intermediate_value_type)] as const),
  );
}

export function storedParams({ params = {}, distributions = {} }: TrialTemplate): Map<string, StoredParam> {
  const stored = new Map<string, StoredParam>();
  for (const [name, distribution] of Object.entries(distributions)) {
    stored.set(name, { distribution, internal: toInternal(name, distribution, params[name] ?? null) });
  }
  return stored;
}
