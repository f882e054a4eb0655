import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../../test/golden.js';
import { parseDistribution } from '../distributions/optuna-json.js';
import type { JsonValue } from '../json.js';
import type { Direction, FrozenTrial, TrialState } from '../trial/frozen-trial.js';
import { pedAnovaImportance } from './ped-anova.js';

interface Case {
  direction?: Direction;
  directions?: Direction[];
  objective?: number;
  params?: string[];
  options: { target_quantile?: number; region_quantile?: number; evaluate_on_local?: boolean };
  distributions: Record<string, string>;
  trials: { state: TrialState; value?: number | null; values?: number[]; params: Record<string, JsonValue> }[];
  importances: Record<string, number>;
  raw: Record<string, number>;
}
const cases = golden<Case[]>('importance');

function trialsOf({ trials, distributions }: Case): FrozenTrial[] {
  return trials.map(({ state, value, values, params }, number) => ({
    id: number + 1,
    number,
    state,
    // The script writes infinity as null.
    values: values ?? (state === 'COMPLETE' ? [value ?? Number.POSITIVE_INFINITY] : null),
    params,
    distributions: Object.fromEntries(
      Object.keys(params).map((name) => [name, parseDistribution(distributions[name]!)]),
    ),
    intermediateValues: new Map(),
    userAttributes: {},
    systemAttributes: {},
    startedAt: null,
    completedAt: null,
  }));
}

describe('PED-ANOVA', () => {
  test.each(cases.map((one, i) => [i, one] as const))('agrees with Optuna 5, case %i', (_, one) => {
    const options = {
      ...(one.direction && { direction: one.direction }),
      ...(one.objective === undefined
        ? one.directions && { directions: one.directions }
        : { target: ({ values }: FrozenTrial) => values![one.objective!]! }),
      ...(one.params && { params: one.params }),
      targetQuantile: one.options.target_quantile,
      regionQuantile: one.options.region_quantile,
      evaluateOnLocal: one.options.evaluate_on_local,
    };
    const raw = pedAnovaImportance(trialsOf(one), { ...options, normalize: false });
    const scaled = pedAnovaImportance(trialsOf(one), options);
    expect(new Set(Object.keys(raw))).toEqual(new Set(Object.keys(one.raw)));
    for (const [name, value] of Object.entries(one.raw)) expectClose(raw[name]!, value, 1e-8, name);
    for (const [name, value] of Object.entries(one.importances)) expectClose(scaled[name]!, value, 1e-8, name);
    expect(Object.values(scaled)).toEqual(Object.values(scaled).sort((a, b) => b - a));
  });
  test('is equal for all parameters when there is one trial', () => {
    const [trial] = trialsOf(cases[1]!);
    const importances = Object.values(pedAnovaImportance([trial!]));
    expect(new Set(importances).size).toBe(1);
  });
  test('refuses quantiles that are not ascending, and unknown parameters', () => {
    expect(() => pedAnovaImportance([], { targetQuantile: 0.5, regionQuantile: 0.5 })).toThrow(/ascending/);
    expect(() => pedAnovaImportance(trialsOf(cases[1]!), { params: ['nothing'] })).toThrow(/'nothing'/);
  });
});
