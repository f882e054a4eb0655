import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ScheduleName, ScheduleSettings } from '../settings.js';
import { learningRateAt, warmupSteps } from './learning-rate.js';

interface Case {
  schedule: ScheduleSettings;
  totalSteps: number;
  peak: number;
  rates: number[];
}
const golden: Case[] = JSON.parse(
  readFileSync(new URL('../../../../goldens/numerics/schedules.json', import.meta.url), 'utf8'),
);
const names: ScheduleName[] = [
  'constant',
  'linear',
  'cosine',
  'cosine-restarts',
  'polynomial',
  'inverse-sqrt',
  'warmup-stable-decay',
];

describe('learning rates are those of transformers', () => {
  test.each(golden)('$schedule over $totalSteps steps', ({ schedule, totalSteps, peak, rates }) => {
    rates.forEach((rate, step) => {
      expect(learningRateAt(schedule, step, totalSteps, peak), `step ${step}`).toBeCloseTo(rate, 14);
    });
  });

  test('the goldens cover every schedule', () => {
    expect(new Set(golden.map(({ schedule }) => schedule.name))).toEqual(new Set(names));
  });
});

describe('floors, by their formulas', () => {
  test.each([
    ['linear', 0.25, 0.1 + 0.9 * 0.75],
    ['cosine', 0.5, 0.1 + 0.9 * 0.5],
    ['cosine-restarts', 0.25, 0.1 + 0.9 * 0.5],
    ['polynomial', 0.5, 0.1 + 0.9 * 0.25],
    ['warmup-stable-decay', 0.9, 0.1 + 0.9 * 0.5],
  ] as const)('%s at %f of the run', (name, at, share) => {
    const schedule: ScheduleSettings = { name, warmup: 0, floor: 0.1, cycles: 2, power: 2, decay: 0.2 };
    expect(learningRateAt(schedule, at * 100, 100, 3)).toBeCloseTo(3 * share, 12);
    expect(learningRateAt(schedule, 100, 100, 3)).toBeCloseTo(0.3, 12);
  });

  test('warm-up starts at 0 and ends at the peak, floor or not', () => {
    for (const name of names) {
      const schedule: ScheduleSettings = { name, warmup: 0.2, floor: 0.5 };
      const first = [0, 1, 2, 4].map((step) => learningRateAt(schedule, step, 20, 1));
      expect(first).toEqual([0, 0.25, 0.5, 1]);
    }
  });
});

describe('warm-up', () => {
  test('is rounded up, and leaves at least one step', () => {
    expect(warmupSteps({ name: 'linear', warmup: 0.05 }, 21)).toBe(2);
    expect(warmupSteps({ name: 'linear', warmup: 0 }, 21)).toBe(0);
    expect(warmupSteps({ name: 'linear', warmup: 0.05 }, 1)).toBe(0);
    expect(warmupSteps({ name: 'linear', warmup: 0.99 }, 2)).toBe(1);
  });

  test('every rate of every schedule is finite and within [0, peak], even in the shortest runs', () => {
    for (const name of names) {
      for (const totalSteps of [1, 2, 3, 5]) {
        for (const warmup of [0, 0.05, 0.5, 0.99]) {
          for (let step = 0; step < totalSteps; step++) {
            const rate = learningRateAt({ name, warmup, floor: 0.1, decay: 1 }, step, totalSteps, 1);
            expect(rate).toBeGreaterThanOrEqual(0);
            expect(rate).toBeLessThanOrEqual(1);
          }
        }
      }
    }
  });
});
