import { describe, expect, it } from 'vitest';
import { MetricLog } from './metric-log.js';

const watch = (more: object = {}) => new MetricLog({ objectives: [{ metric: 'loss' }], constraints: [], ...more });

describe('steps', () => {
  it.each<[string, object[], (number | undefined)[]]>([
    [
      'of their own name',
      [
        { step: 5, loss: 1 },
        { step: 10, loss: 1 },
      ],
      [5, 10],
    ],
    [
      'epochs in thousandths',
      [
        { epoch: 0.5, loss: 1 },
        { epoch: 1, loss: 1 },
      ],
      [500, 1000],
    ],
    ['step before epoch', [{ epoch: 1, step: 7, loss: 1 }], [7]],
    ['the last one seen, where the value comes alone', [{ step: 5, lr: 1 }, { loss: 1 }], [undefined, 5]],
    [
      'the one that comes with the value, though others came before',
      [
        { step: 5, lr: 1 },
        { epoch: 1, loss: 1 },
      ],
      [undefined, 1000],
    ],
    ['counted, where there are none', [{ loss: 1 }, { other: 1 }, { loss: 2 }], [0, undefined, 1]],
  ])('%s', (_, records, steps) => {
    const log = watch();
    expect(records.map((record) => log.add(record as Record<string, number>)?.step)).toEqual(steps);
  });

  it('as the space says', () => {
    const log = watch({ step: { metric: 'tokens', unit: 1000 } });
    expect(log.add({ tokens: 2600, step: 1, loss: 2 })).toEqual({ step: 3, value: 2, at: 'tokens 2600' });
  });
});

describe('values', () => {
  it('the last, or the best that is a number', () => {
    const log = watch();
    for (const loss of [3, 1, 2, Number.NaN]) log.add({ loss });
    expect(log.value({ metric: 'loss' })).toBeNaN();
    expect(log.value({ metric: 'loss', value: 'best' })).toBe(1);
    expect(log.value({ metric: 'loss', value: 'best', direction: 'maximize' })).toBe(3);
    expect(log.value({ metric: 'other' })).toBeUndefined();
    expect(log.names).toEqual(['loss']);
  });

  it('constraints: by how much they are broken', () => {
    const log = watch();
    for (const memory of [10, 30, 20]) log.add({ memory });
    expect(log.excess({ metric: 'memory', max: 24 })).toBe(-4);
    expect(log.excess({ metric: 'memory', max: 24, value: 'best' })).toBe(-14);
    expect(log.excess({ metric: 'memory', min: 25 })).toBe(5);
    expect(log.excess({ metric: 'absent', max: 1 })).toBeUndefined();
    log.add({ memory: Number.NaN });
    expect(log.excess({ metric: 'memory', max: 24 })).toBe(Infinity);
  });
});
