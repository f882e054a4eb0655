import { expect, test } from 'vitest';
import { categorical, float } from '../../distributions/distribution.js';
import { fromUnit } from '../../distributions/representation.js';
import { RandomGenerator } from '../../numerics/random.js';
import type { FrozenTrial } from '../../trial/frozen-trial.js';
import { Split } from './split.js';

const space = { rate: float(1e-5, 1e-1, { log: true }), mode: categorical(['a', 'b']) };
const random = RandomGenerator.of(3);
const draw = () => ({ rate: fromUnit(space.rate, random.uniform()), mode: fromUnit(space.mode, random.uniform()) });
const points = [Float64Array.of(1e-4, 1e-3, 5e-2), Float64Array.of(0, 1, 1)];
const densities = ({ good, bad }: Split) => [good.count, good.logDensity(points), bad.count, bad.logDensity(points)];

test('trials that ran as bad ones and end, as bad or good or with other parameters, count once', () => {
  const followed = new Split(space, {});
  const trials: FrozenTrial[] = [];
  const marks: number[] = [];
  let running: { number: number; params: ReturnType<typeof draw> }[] = [];
  for (let round = 0; round < 12; round++) {
    for (const [i, { number, params }] of running.entries()) {
      // One in three had not set all of its parameters when it was seen running.
      trials.push({ number, params: i % 3 === 2 ? { ...params, mode: 'b' } : params } as unknown as FrozenTrial);
      marks.push(i % 4 === 1 ? 1 : 0);
    }
    running = Array.from({ length: 6 }, (_, i) => ({ number: 6 * round + i, params: draw() }));
    followed.update(trials, Uint8Array.from(marks), running);
    const fresh = new Split(space, {});
    fresh.update(trials, Uint8Array.from(marks), running);
    expect(densities(followed)).toEqual(densities(fresh));
  }
});
