import { describe, expect, test } from 'vitest';
import { golden } from '../../test/golden.js';
import type { JsonValue } from '../json.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { HyperbandPruner } from './hyperband.js';
import { MedianPruner } from './median.js';
import { PatientPruner } from './patient.js';
import { PercentilePruner } from './percentile.js';
import type { Pruner } from './pruner.js';
import { SuccessiveHalvingPruner } from './successive-halving.js';
import { ThresholdPruner } from './threshold.js';
import { WilcoxonPruner } from './wilcoxon.js';

interface Case {
  pruner: string;
  options: Record<string, number>;
  direction: Direction;
  trials: { reports: [number, number | null, boolean][]; value: number; attributes: Record<string, JsonValue> }[];
}

function prunerOf({ pruner, options }: Case): Pruner {
  const { patience = 0, minDelta } = options;
  switch (pruner.split('_')[0]) {
    case 'median':
      return new MedianPruner(options);
    case 'percentile':
      return new PercentilePruner(options.percentile!, options);
    case 'hyperband':
      return new HyperbandPruner(options);
    case 'threshold':
      return new ThresholdPruner(options);
    case 'patient':
      return new PatientPruner(pruner === 'patient' ? null : new MedianPruner(), { patience, minDelta });
    case 'wilcoxon':
      return new WilcoxonPruner(options);
    default:
      return new SuccessiveHalvingPruner(options);
  }
}

const empty = { params: {}, distributions: {}, userAttributes: {}, startedAt: null, completedAt: null };

describe('pruners decide as those of Optuna 5, report by report', () => {
  test.each(golden<Case[]>('pruners').map((one) => [one.pruner, one.direction, one] as const))(
    '%s, %s',
    (_, direction, one) => {
      const pruner = prunerOf(one);
      const trials: FrozenTrial[] = [];
      let stopped = 0;
      for (const [number, { reports, value, attributes }] of one.trials.entries()) {
        let trial: FrozenTrial = {
          ...empty,
          id: number + 1,
          number,
          state: 'RUNNING',
          values: null,
          intermediateValues: new Map(),
          systemAttributes: {},
        };
        for (const [step, report, expected] of reports) {
          trial = {
            ...trial,
            intermediateValues: new Map([...trial.intermediateValues, [step, report ?? Number.NaN]]),
          };
          trials[number] = trial;
          const { prune, systemAttributes } = pruner.decide({ studyName: 'golden', direction, trial, trials });
          expect(prune, `trial ${number}, step ${step}`).toBe(expected);
          trial = { ...trial, systemAttributes: { ...trial.systemAttributes, ...systemAttributes } };
        }
        const pruned = reports.at(-1)![2];
        stopped += pruned ? 1 : 0;
        expect(trial.systemAttributes).toEqual(attributes);
        trials[number] = { ...trial, state: pruned ? 'PRUNED' : 'COMPLETE', values: [value] };
      }
      expect(stopped).toBeGreaterThan(0);
      if (one.pruner !== 'halving_bootstrap') expect(stopped).toBeLessThan(one.trials.length);
    },
  );
  test('refuse options out of range', () => {
    expect(() => new PercentilePruner(101)).toThrow(/0 to 100/);
    expect(() => new SuccessiveHalvingPruner({ reductionFactor: 1 })).toThrow(/at least 2/);
    expect(() => new SuccessiveHalvingPruner({ bootstrapCount: 1 })).toThrow(/minResource/);
    expect(() => new HyperbandPruner({ minResource: 9, maxResource: 3 })).toThrow(/at least 9/);
    expect(() => new HyperbandPruner({ bootstrapCount: 1 })).toThrow(/maxResource/);
    expect(() => new ThresholdPruner({})).toThrow(/at least one/);
    expect(() => new ThresholdPruner({ lower: 2, upper: 1 })).toThrow(/exchange/);
    expect(() => new PatientPruner(null, { patience: -1 })).toThrow(/patience/);
    expect(() => new WilcoxonPruner({ pThreshold: 2 })).toThrow(/0 to 1/);
  });
});
