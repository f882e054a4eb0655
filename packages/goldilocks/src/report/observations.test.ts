import type { ReportTrial } from '@goldilocks/protocol';
import { describe, expect, test } from 'vitest';
import { Compression, observe } from './observations.js';

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
  test('at the end for those that reached it', () => {
    expect(excessOf([trial(1, 'complete', [3, 2, 0.7])], 1)).toMatchObject({
      excess: expect.closeTo(0.2, 12),
      share: 1,
    });
  });

  test('at the last share both were measured at, where early differences fade until shown otherwise', () => {
    expect(excessOf([trial(1, 'pruned', [3])], 1)).toMatchObject({ excess: 0.25, share: 0.25 });
    expect(excessOf([trial(1, 'pruned', [3, 2])], 1)).toMatchObject({ excess: 0.5, share: 0.5 });
    // An early lead of 1.5 is no promise of a loss below zero.
    expect(excessOf([trial(1, 'pruned', [0.5])], 1)!.excess).toBe(-0.375);
  });

  test('learns from complete trials how much of a difference lasts', () => {
    const lasting = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) =>
      trial(n, 'complete', [2 + n / 10, 1 + n / 10, 0.5 + n / 10]),
    );
    const { excess } = excessOf([...lasting, trial(10, 'pruned', [3])], 10)!;
    // Nine trials of slope 1 and a prior of slope 0.25 that counts for three.
    expect(excess).toBeCloseTo((9 + 3 * 0.25) / 12, 10);
  });

  test('counts a run that diverged as infinitely worse, whichever the direction', () => {
    const diverged = [trial(1, 'failed', []), trial(2, 'pruned', [null])];
    for (const direction of ['minimize', 'maximize'] as const) {
      expect(excessOf(diverged, 1, direction)!.excess).toBe(Infinity);
      expect(excessOf(diverged, 2, direction)!.excess).toBe(Infinity);
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
