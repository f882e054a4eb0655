/** Reads the reference values of `goldens/study`, which Python wrote. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parseDistribution } from '../src/distributions/optuna-json.js';
import { parseJson } from '../src/json.js';
import type { Attributes, FrozenTrial, Params, TrialState } from '../src/trial/frozen-trial.js';

export function golden<T>(name: string): T {
  return parseJson(readFileSync(new URL(`../../../goldens/study/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** A trial as the scripts write it; what is left out is empty. */
export interface GoldenTrial {
  readonly state?: TrialState;
  readonly values?: readonly number[] | null;
  readonly params?: Params;
  /** Optuna's JSON of each. */
  readonly distributions?: Readonly<Record<string, string>>;
  readonly reports?: readonly (readonly [number, number])[];
  readonly user?: Attributes;
  readonly system?: Attributes;
  readonly started?: string | null;
  readonly completed?: string | null;
}

export function frozenTrials(records: readonly GoldenTrial[]): FrozenTrial[] {
  return records.map((record, number) => ({
    id: number + 1,
    number,
    state: record.state ?? 'COMPLETE',
    values: record.values ?? null,
    params: record.params ?? {},
    distributions: Object.fromEntries(
      Object.entries(record.distributions ?? {}).map(([name, text]) => [name, parseDistribution(text)]),
    ),
    intermediateValues: new Map(record.reports ?? []),
    userAttributes: record.user ?? {},
    systemAttributes: record.system ?? {},
    startedAt: record.started ? new Date(record.started) : null,
    completedAt: record.completed ? new Date(record.completed) : null,
  }));
}

/** Expects two numbers to agree to a relative tolerance; infinities and NaN must be the same. */
export function expectClose(actual: number, expected: number, relative: number, what = ''): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
  expect(error, `${what}: ${actual} against ${expected}`).toBeLessThanOrEqual(relative);
}
