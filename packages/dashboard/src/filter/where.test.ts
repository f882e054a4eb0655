import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrialColumn } from './columns.js';
import { type Condition, matcher, readWhere, replaced, writeWhere } from './where.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const end = fc.option(finite);
const name = fc.string({ minLength: 1, unit: 'grapheme' });
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ column: name, low: end, high: end }),
  fc.record({ column: name, oneOf: fc.array(name, { minLength: 1 }) }),
);

test('what is written into the address is read again', () => {
  fc.assert(
    fc.property(fc.array(condition), (conditions) => {
      expect(readWhere(writeWhere(conditions))).toEqual(conditions);
    }),
  );
  expect(writeWhere([])).toBeUndefined();
});

test('an address that makes no sense filters nothing', () => {
  expect(readWhere('x:abc..;;:1..2;nonsense;%E0%A4%A=1')).toEqual([{ column: '%E0%A4%A', oneOf: ['1'] }]);
  expect(readWhere('x=')).toEqual([{ column: 'x', oneOf: [''] }]);
});

const column = (id: string, values: (number | null)[], keys: string[] | null = null): TrialColumn => ({
  ...{ id, title: id, kind: keys ? 'choice' : 'number', numeric: false, width: 1 },
  choices: keys?.map((key) => ({ key, label: `translated ${key}` })) ?? null,
  value: (row) => values[row]!,
  label: (row) => String(values[row]),
});

test('conditions hold together; a missing value meets no range', () => {
  const columns = [column('lr', [0.1, 0.2, null]), column('state', [0, 1, 0], ['done', 'failed'])];
  const rows = (conditions: Condition[]) => [0, 1, 2].filter(matcher(columns, conditions));
  expect(rows([])).toEqual([0, 1, 2]);
  expect(rows([{ column: 'lr', low: 0.1, high: null }])).toEqual([0, 1]);
  expect(rows([{ column: 'lr', low: null, high: 0.15 }])).toEqual([0]);
  const done: Condition = { column: 'state', oneOf: ['done'] };
  expect(rows([done])).toEqual([0, 2]);
  expect(rows([done, { column: 'lr', low: null, high: null }])).toEqual([0]);
  expect(rows([{ column: 'lr', oneOf: [''] }])).toEqual([2]);
  expect(rows([{ column: 'gone', low: null, high: null }])).toEqual([]);
  expect(replaced([done], 'state', [])).toEqual([]);
});
