// What is known of each trial, as columns that table, filter and plots share.
import { trialStates } from '@goldilocks/protocol/page';
import type { TrialColumns } from '../api/trial-store.js';
import { duration, measured, moment, plain, readable } from '../format.js';
import { text } from '../text.js';

/** One of several, by the name that an address keeps, and as a person reads it. */
export interface ColumnChoice {
  key: string;
  label: string;
}

/** Stands in an address for a missing value. */
export const MISSING = '';

export interface TrialColumn {
  /** Names it in an address. */
  id: string;
  title: string;
  kind: 'number' | 'choice' | 'time';
  /** A number to sort and filter by; of a choice its place in `choices`. */
  value: (row: number) => number | null;
  label: (row: number) => string;
  choices: readonly ColumnChoice[] | null;
  /** Whether numbers stand in it, which are read from the right. */
  numeric: boolean;
  /** Pixels. */
  width: number;
}

/** Address part of a parameter's column. */
export const paramColumn = (name: string) => `p.${name}`;
/** Address part of an objective's column. */
export const valueColumn = (objective: number) => (objective === 0 ? 'value' : `value${objective}`);

interface Names {
  metricNames: readonly string[];
  objectiveTitle: string;
}

export function columnsOf(trials: TrialColumns, { metricNames, objectiveTitle }: Names): TrialColumn[] {
  const objectives = trials.values.map((values, i): TrialColumn => {
    const title = i === 0 ? objectiveTitle : (metricNames[i] ?? text.trials.objective(i));
    return number(valueColumn(i), title, (row) => values[row] ?? null, measured, 130);
  });
  const params = trials.params.map((column): TrialColumn => {
    const { name, title, choices, values } = column;
    const shown = choices?.map((key) => ({ key, label: readable(key) })) ?? null;
    const value = (row: number) => values[row] ?? null;
    if (!shown) return number(paramColumn(name), title, value, (it) => (it === null ? '—' : plain(it)), 96);
    const label = (row: number) => (values[row] == null ? '—' : shown[values[row]!]!.label);
    const numeric = shown.every((one) => Number.isFinite(Number.parseFloat(one.label)));
    const width = roomFor(title, numeric ? 96 : 130);
    return { id: paramColumn(name), title, kind: 'choice', value, label, choices: shown, numeric, width };
  });
  return [
    number(
      'number',
      text.trials.number,
      (row) => trials.numbers[row]!,
      (it) => String(it),
      76,
    ),
    choice(
      'state',
      text.trials.state,
      trialStates.map((state) => ({ key: state, label: text.trialStates[state] })),
      (row) => trials.states[row]!,
    ),
    ...objectives,
    ...params,
    number('last', text.trials.last, (row) => trials.lastValues[row] ?? null, measured, 120),
    number(
      'step',
      text.trials.lastStep,
      (row) => trials.lastSteps[row] ?? null,
      (it) => (it === null ? '—' : plain(it)),
      110,
    ),
    number('seconds', text.trials.seconds, (row) => trials.seconds[row] ?? null, duration, 110),
    {
      ...number('started', text.trials.started, (row) => trials.startedAt[row] ?? null, moment, 190),
      kind: 'time',
      numeric: false,
    },
    choice('feasible', text.trials.feasible, noOrYes, (row) => Number(trials.feasible[row])),
    choice('marked', text.trials.marked, noOrYes, (row) => Number(trials.marked[row])),
    number(
      'notes',
      text.trials.notes,
      (row) => trials.notes[row] ?? 0,
      (it) => String(it),
      80,
    ),
  ];
}

function number(
  id: string,
  title: string,
  value: (row: number) => number | null,
  write: (value: number | null) => string,
  width: number,
): TrialColumn {
  return {
    id,
    title,
    kind: 'number',
    value,
    label: (row) => write(value(row)),
    choices: null,
    numeric: true,
    width: roomFor(title, width),
  };
}

const noOrYes: readonly ColumnChoice[] = [
  { key: 'no', label: text.no },
  { key: 'yes', label: text.yes },
];

/** What an address calls a row's value. */
export function keyIn({ value, choices }: TrialColumn, row: number): string {
  const it = value(row);
  if (it === null) return MISSING;
  return choices ? choices[it]!.key : String(it);
}

function choice(
  id: string,
  title: string,
  choices: readonly ColumnChoice[],
  value: (row: number) => number,
): TrialColumn {
  return {
    id,
    title,
    kind: 'choice',
    value,
    label: (row) => choices[value(row)]!.label,
    choices,
    numeric: false,
    width: roomFor(title, 124),
  };
}

/** Titles are not cut, within reason. */
const roomFor = (title: string, width: number) => Math.max(width, Math.min(240, 34 + 8 * title.length));
