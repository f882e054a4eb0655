import type { ReportTrial } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { Compression, lastOf, observe } from './observations.js';

function trial(number: number, state: ReportTrial['state'], values: (number | null)[]): ReportTrial {
  const rungs = values.map((value, i) => ({ share: [0.25, 0.5, 1][i]!, value }));
  const value = values.at(-1) ?? null;
  const failure = state === 'failed' ? 'diverged' : null;
  return {
    number,
    params: {},
    changed: [],
    rungs,
    state,
    value,
    validationLoss: value,
    seconds: 1,
    failure,
    reason: '',
  };
}

const best = trial(0, 'complete', [2, 1, 0.5]);
const excessOf = (trials: ReportTrial[], number: number, direction: 'minimize' | 'maximize' = 'minimize') =>
  observe([best, ...trials], 0, direction).find((observation) => observation.trial === number);

describe('comparing with the incumbent', () => {
  test('at every share that both were measured at', () => {
    const { comparisons } = excessOf([trial(1, 'complete', [3, 2.5, 0.7])], 1)!;
    expect(comparisons).toEqual([
      { share: 0.25, excess: 1 },
      { share: 0.5, excess: 1.5 },
      { share: 1, excess: expect.closeTo(0.2, 12) },
    ]);
  });

  test('up to where it was stopped', () => {
    const observation = excessOf([trial(1, 'pruned', [0.5])], 1)!;
    expect(observation.comparisons).toEqual([{ share: 0.25, excess: -1.5 }]);
    expect(lastOf(excessOf([trial(1, 'pruned', [3, 2])], 1)!)).toEqual({ share: 0.5, excess: 1 });
  });

  test('a metric to maximise mirrors a loss', () => {
    expect(lastOf(excessOf([trial(1, 'pruned', [3])], 1, 'maximize')!).excess).toBe(-1);
  });

  test('counts a run that diverged as infinitely worse, whichever the direction', () => {
    const diverged = [trial(1, 'failed', []), trial(2, 'pruned', [null])];
    for (const direction of ['minimize', 'maximize'] as const) {
      expect(lastOf(excessOf(diverged, 1, direction)!)).toEqual({ share: 1, excess: Infinity });
      expect(lastOf(excessOf(diverged, 2, direction)!)).toEqual({ share: 0.25, excess: Infinity });
    }
  });

  test('leaves out what cannot be compared', () => {
    const crashed = { ...trial(1, 'failed', []), failure: 'killed' as const };
    expect(excessOf([crashed, trial(2, 'paused', [])], 1)).toBeUndefined();
    expect(excessOf([trial(2, 'paused', [])], 2)).toBeUndefined();
    expect(observe([trial(0, 'failed', [])], 0, 'minimize')).toEqual([]);
  });
});

test('compression keeps order and size near the best, and undoes itself', () => {
  const scale = new Compression([0, 0.1, 0.2, 5, Infinity], 0.05);
  const compressed = [0, 0.1, 0.2, 5, Infinity].map((excess) => scale.compress(excess));
  expect([...compressed].sort((a, b) => a - b)).toEqual(compressed);
  expect(scale.compress(0.02)).toBeCloseTo(0.02, 2);
  for (const excess of [0, 0.1, 5]) expect(scale.expand(scale.compress(excess))).toBeCloseTo(excess, 10);
});
