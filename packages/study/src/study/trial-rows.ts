/** Trials as a table: plain rows for data frames, and CSV for spreadsheets. */

import { formatJson, type JsonValue } from '../json.js';
import type { FrozenTrial, TrialState } from '../trial/frozen-trial.js';
import type { StudySnapshot } from './snapshot.js';

/** One row a trial; every row has the same columns, null where a trial has nothing. */
export interface TrialRow {
  readonly number: number;
  readonly state: TrialState;
  /** ISO 8601, in UTC. */
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  /** From start to end. */
  readonly seconds: number | null;
  /** Besides: a column for each objective, `params.NAME` and `userAttributes.NAME`. */
  readonly [column: string]: JsonValue;
}

/** Trials by number. Objectives are called by their metric names, else `value`, or `values.0` and so on. */
export function trialRows(study: Omit<StudySnapshot, 'name'>): TrialRow[] {
  const { trials, directions, metricNames } = study;
  const unnamed = (i: number) => (directions.length === 1 ? 'value' : `values.${i}`);
  const objectives = directions.map((_, i) => metricNames?.[i] ?? unnamed(i));
  const params = namesIn(trials.map((trial) => trial.params));
  const attributes = namesIn(trials.map((trial) => trial.userAttributes));
  return trials.map((trial) => ({
    number: trial.number,
    state: trial.state,
    ...Object.fromEntries(objectives.map((name, i) => [name, trial.values?.[i] ?? null])),
    startedAt: trial.startedAt?.toISOString() ?? null,
    completedAt: trial.completedAt?.toISOString() ?? null,
    seconds: secondsOf(trial),
    ...Object.fromEntries(params.map((name) => [`params.${name}`, trial.params[name] ?? null])),
    ...Object.fromEntries(attributes.map((name) => [`userAttributes.${name}`, trial.userAttributes[name] ?? null])),
  }));
}

/** RFC 4180: a header, then a line each, ended by CR LF; text as it is, all else as JSON, null as nothing. */
export function formatCsv(rows: readonly Readonly<Record<string, JsonValue>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: JsonValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : formatJson(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function namesIn(records: readonly object[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}

function secondsOf({ startedAt, completedAt }: FrozenTrial): number | null {
  return startedAt && completedAt ? (completedAt.getTime() - startedAt.getTime()) / 1000 : null;
}
