import { learningRateAt, type ScheduleName } from '@goldilocks/trainer';
import { expect, test } from 'vitest';
import { logReach } from './reach.js';

const params = { learningRate: 1e-3, batchSize: 16, epochs: 4, schedule: 'cosine', warmup: 0.1 };

test.each(['cosine', 'linear', 'constant', 'warmup-stable-decay'])('is the sum of the rates of %s', (name) => {
  const total = 2000;
  const exact = (share: number) => {
    const settings = { name: name as ScheduleName, warmup: 0.1, ...(name === 'cosine' && { floor: 0.1 }) };
    let sum = 0;
    for (let step = 0; step < share * total; step++) sum += learningRateAt(settings, step, total, 1);
    return Math.log(sum);
  };
  const reach = (share: number) => logReach({ ...params, schedule: name }, share);
  for (const share of [1 / 9, 1 / 3]) expect(reach(1) - reach(share)).toBeCloseTo(exact(1) - exact(share), 1);
});

test('half the batch reaches as far as twice the rate or twice the epochs', () => {
  const twice = logReach({ ...params, learningRate: 2e-3 }, 0.5);
  expect(logReach({ ...params, batchSize: 8 }, 0.5)).toBeCloseTo(twice, 12);
  expect(logReach({ ...params, epochs: 8 }, 0.5)).toBeCloseTo(twice, 12);
  expect(twice - logReach(params, 0.5)).toBeCloseTo(Math.log(2), 12);
});
