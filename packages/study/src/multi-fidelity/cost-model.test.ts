import { expect, test } from 'vitest';
import { categorical, float, int } from '../distributions/distribution.js';
import type { Params } from '../trial/frozen-trial.js';
import { learnCost } from './cost-model.js';
import type { PausableTrial } from './pausable-trial.js';

const space = { epochs: int(1, 8), batchSize: categorical([4, 8, 16, 32]), rate: float(1e-5, 1e-2, { log: true }) };
/** Seconds of a whole run: in proportion to epochs, less for each token in bigger batches. */
const seconds = ({ epochs, batchSize }: Params) => 10 * (epochs as number) * (batchSize as number) ** -0.3;

function trial(number: number, params: Params, share: number): PausableTrial {
  const spent = share * seconds(params);
  return {
    id: number,
    number,
    params,
    state: 'paused',
    values: [1],
    share,
    seconds: spent,
    frozen: undefined as never,
  };
}

const trials = Array.from({ length: 12 }, (_, i) => {
  const params = {
    epochs: 1 + ((5 * i) % 8),
    batchSize: [4, 8, 16, 32][(3 * i) % 4]!,
    rate: 1e-5 * 10 ** ((i % 7) / 2.4),
  };
  return trial(i, params, i % 3 === 0 ? 1 : 1 / 9);
});

test('eight epochs cost four times as much as two, a bigger batch less, half a schedule half', () => {
  const cost = learnCost(trials, space)!;
  const of = (more: Params, from = 0, to = 1) => cost({ epochs: 2, batchSize: 16, rate: 1e-3, ...more }, from, to);
  expect(of({ epochs: 8 }) / of({})).toBeCloseTo(4, 0);
  expect(of({ batchSize: 32 }) / of({ batchSize: 4 })).toBeCloseTo(8 ** -0.3, 1);
  expect(of({}, 1 / 3, 5 / 6) / of({})).toBeCloseTo(0.5, 10);
  expect(of({}) / seconds({ epochs: 2, batchSize: 16 })).toBeCloseTo(1, 1);
  expect(of({ rate: 1e-2 }) / of({ rate: 1e-5 })).toBeCloseTo(1, 1);
});

test('one trial says what all cost; none says nothing', () => {
  expect(learnCost([trial(0, { epochs: 3, batchSize: 8, rate: 1e-3 }, 0)], space)).toBeNull();
  const cost = learnCost([trial(0, { epochs: 4, batchSize: 8, rate: 1e-3 }, 1 / 9)], space)!;
  expect(cost({ epochs: 4, batchSize: 8, rate: 1e-3 }, 0, 1)).toBeCloseTo(seconds({ epochs: 4, batchSize: 8 }), 6);
});
