import { describe, expect, it } from 'vitest';
import { scheduleSearch } from './schedule.js';
import { stratifiedSubset } from './subset.js';

const input = {
  examples: 1000,
  runSeconds: (share: number) => 2 + 100 * share,
  startSeconds: 2,
  testSeconds: 10,
};

describe('scheduleSearch', () => {
  it('uses all examples where at least eight trials fit, and a fifth of the time or more to confirm', () => {
    const schedule = scheduleSearch({ ...input, secondsLeft: 1000 });
    expect(schedule).toMatchObject({ share: 1, finalSeconds: 0, runSeconds: 102, confirmSeconds: 247.5 });
    expect(schedule.trials).toBeGreaterThanOrEqual(8);
  });

  it('searches a part where time is short, and keeps the time of two whole runs', () => {
    const schedule = scheduleSearch({ ...input, secondsLeft: 300 });
    expect(schedule.share).toBeLessThan(0.5);
    expect(schedule.share * input.examples).toBeGreaterThanOrEqual(100);
    expect(schedule.finalSeconds).toBe(204);
    expect(schedule.trials).toBeGreaterThan(scheduleSearch({ ...input, secondsLeft: 300, examples: 100 }).trials);
  });

  it.each([30, 100, 300, 1000, 10_000])('never plans more than the %i seconds left', (secondsLeft) => {
    const { searchSeconds, confirmSeconds, finalSeconds, testSeconds } = scheduleSearch({ ...input, secondsLeft });
    const total = searchSeconds + confirmSeconds + finalSeconds + testSeconds;
    if (secondsLeft >= 300) expect(total).toBeLessThanOrEqual(secondsLeft + 1e-9);
    expect(Math.min(searchSeconds, confirmSeconds)).toBeGreaterThanOrEqual(0);
  });

  it('takes the number of trials as the budget where it is one', () => {
    const schedule = scheduleSearch({ ...input, secondsLeft: Number.POSITIVE_INFINITY, trials: 12 });
    expect(schedule).toMatchObject({ share: 1, trials: 12 });
  });
});

describe('stratifiedSubset', () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    hash: String(i * 31),
    label: i % 3 === 0 ? 'rare' : 'common',
  }));
  const indices = rows.map((_, i) => i);

  it('keeps the shares of the labels', () => {
    for (const count of [3, 30, 150]) {
      const rare = stratifiedSubset(rows, indices, count).filter((i) => rows[i]!.label === 'rare').length;
      expect(Math.abs(rare - count / 3)).toBeLessThanOrEqual(1);
    }
  });

  it('is contained in every larger one', () => {
    const small = stratifiedSubset(rows, indices, 40);
    const large = new Set(stratifiedSubset(rows, indices, 90));
    expect(small.filter((i) => !large.has(i))).toEqual([]);
    expect(stratifiedSubset(rows, indices, 300)).toEqual(indices);
  });
});
