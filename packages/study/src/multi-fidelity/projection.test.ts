import { expect, test } from 'vitest';
import { float } from '../distributions/distribution.js';
import type { Sampler, SamplingContext } from '../samplers/sampler.js';
import { ProjectedSampler } from './projected-sampler.js';
import { projectValues } from './projection.js';

test('a trial is projected by the median change of those that went on; a failed one gets the worst', () => {
  const trials = [
    { number: 0, state: 'complete', values: [3, 2, 1] },
    { number: 1, state: 'complete', values: [4, 3.6, 2.9] },
    { number: 2, state: 'paused', values: [2.8] },
    { number: 3, state: 'paused', values: [3.5, 2.5] },
    { number: 4, state: 'failed', values: [] },
    { number: 5, state: 'paused', values: [] },
  ];
  // Changes to the second share: −1, −0.4, −1, median −1; to the third: −1, −0.7, median −0.85.
  const projected = projectValues(trials, 3);
  expect(projected.get(2)).toBeCloseTo(2.8 - 1 - 0.85, 12);
  expect(projected.get(3)).toBeCloseTo(2.5 - 0.85, 12);
  expect(projected.get(4)).toBe(2.9);
  expect(projected.has(5)).toBe(false);
  expect(projectValues(trials, 3, 'maximize').get(4)).toBeCloseTo(0.95, 12);
});

test('a value that was skipped is no change', () => {
  const trials = [
    { number: 0, state: 'complete', values: [3, undefined, 1] },
    { number: 1, state: 'paused', values: [2] },
  ];
  expect(projectValues(trials, 3).get(1)).toBe(2);
});

const frozen = (number: number, state: string, reports: [number, number][], values: number[] | null = null) => ({
  id: number,
  number,
  state,
  values,
  params: { x: 0.5 },
  intermediateValues: new Map(reports),
  userAttributes: {},
  systemAttributes: {},
});

test('a sampler sees paused, pruned and failed trials as complete, on one scale', () => {
  let seen: SamplingContext | undefined;
  const inner: Sampler = {
    sample(context) {
      seen = context;
      return 0.5;
    },
  };
  const reports: [number, number][] = [
    [111, 3],
    [333, 2],
    [1000, 1],
  ];
  const trials = [
    frozen(0, 'COMPLETE', reports, [1]),
    frozen(1, 'RUNNING', [[111, 2.5]]),
    frozen(2, 'FAIL', []),
    frozen(3, 'RUNNING', []),
    // What a pruned trial is told with is its last report, not what it would have ended with.
    frozen(4, 'PRUNED', [[111, 4]], [4]),
  ];
  const context = {
    study: { id: 1, name: 's', directions: ['minimize'] },
    history: { trials, finished: [], unfinished: [] },
    trial: { number: 5 },
  } as unknown as SamplingContext;
  new ProjectedSampler(inner).sample(context, 'x', float(0, 1));
  expect(seen!.history.finished.map(({ number, state, values }) => [number, state, values])).toEqual([
    [0, 'COMPLETE', [1]],
    [1, 'COMPLETE', [0.5]],
    [2, 'COMPLETE', [2]],
    [4, 'COMPLETE', [2]],
  ]);
  expect(seen!.history.unfinished.map(({ number }) => number)).toEqual([3]);
});
