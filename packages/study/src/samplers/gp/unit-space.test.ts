import { expect, test } from 'vitest';
import { categorical, int } from '../../distributions/distribution.js';
import { priorTerm } from './prior-term.js';
import { UnitSpace } from './unit-space.js';

const batch = categorical([32, 4, 16, 8], { recommended: 16, confidence: 0.5 });

test('choices that are all numbers lie by their rank, others by their index', () => {
  const unit = new UnitSpace({ batch, kind: categorical(['a', 'b', 'c']), mixed: categorical([1, 2, 'auto']) });
  expect(unit.dimensions.map(({ isCategorical }) => isCategorical)).toEqual([false, true, true]);
  expect([...unit.encode({ batch: 4, kind: 'c', mixed: 2 })!]).toEqual([0.125, 2, 1]);
  expect([...unit.encode({ batch: 32, kind: 'a', mixed: 'auto' })!]).toEqual([0.875, 0, 2]);
  expect(unit.encode({ batch: 5, kind: 'a', mixed: 1 })).toBeNull();
  expect([...unit.dimensions[0]!.values!]).toEqual([0.125, 0.375, 0.625, 0.875]);
});

test('every choice comes back, and what lies between becomes the nearest', () => {
  const unit = new UnitSpace({ batch });
  for (const choice of batch.choices) expect(unit.decode(unit.encode({ batch: choice })!)).toEqual({ batch: choice });
  expect(unit.decode([0.3])).toEqual({ batch: 8 });
  expect([...unit.snap(Float64Array.of(0.7))]).toEqual([0.625]);
  expect([0, 0.3, 0.5, 0.99].map((u) => unit.decode([unit.fromUnit(0, u)]).batch)).toEqual([4, 8, 16, 32]);
});

test('a recommended choice keeps its probability', () => {
  const unit = new UnitSpace({ batch, epochs: int(1, 3) });
  const term = priorTerm(unit, 1);
  const at = (choice: number) => term.value(unit.encode({ batch: choice, epochs: 2 })!);
  // Half of the mass, and a quarter of the other half; the others have an eighth each.
  expect(at(16)).toBeCloseTo(Math.log(4 * 0.625), 12);
  expect(at(32)).toBeCloseTo(Math.log(4 * 0.125), 12);
});
