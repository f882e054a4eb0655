import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SplitRow, type Splits, splitRows } from './splits.js';
import { splitNames } from './types.js';

const alone = (rows: readonly unknown[]): number[][] => rows.map((_, index) => [index]);
const rowsOf = (count: number, labels = 3): SplitRow[] =>
  Array.from({ length: count }, (_, i) => ({ content: `text ${i}`, label: `label ${i % labels}` }));

/** Split of every content. */
function sides(rows: readonly SplitRow[], splits: Splits): Map<string, string> {
  return new Map(splitNames.flatMap((name) => splits[name].map((index) => [rows[index]!.content, name] as const)));
}

describe('splitRows', () => {
  const rowsArbitrary = fc.array(
    fc.record({
      content: fc.stringMatching(/^[a-e]{1,3}$/),
      label: fc.constantFrom('x', 'y', 'z'),
      given: fc.option(fc.constantFrom(...splitNames), { nil: undefined, freq: 6 }),
    }),
    { maxLength: 120 },
  );

  it('is a partition, keeps duplicates together and given splits as they are', () => {
    fc.assert(
      fc.property(rowsArbitrary, (rows) => {
        const byContent = new Map<string, number[]>();
        for (const [index, { content }] of rows.entries())
          byContent.set(content, [...(byContent.get(content) ?? []), index]);
        const splits = splitRows(rows, [...byContent.values()]);
        const all = splitNames.flatMap((name) => splits[name]);
        expect(all.sort((a, b) => a - b)).toEqual([...rows.keys()]);
        for (const [index, { given }] of rows.entries()) {
          if (given && given !== 'train') expect(splits[given]).toContain(index);
        }
        for (const members of byContent.values()) {
          const free = members.filter((index) => (rows[index]!.given ?? 'train') === 'train');
          expect(splitNames.filter((name) => free.some((index) => splits[name].includes(index))).length).toBeLessThan(
            2,
          );
        }
      }),
    );
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(90).keys()], { minLength: 90 }), (order) => {
        const rows = rowsOf(90);
        const shuffled = order.map((index) => rows[index]!);
        expect(sides(shuffled, splitRows(shuffled, alone(shuffled)))).toEqual(
          sides(rows, splitRows(rows, alone(rows))),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('moves at most a few boundary rows when rows are added', () => {
    const rows = rowsOf(1200);
    const before = sides(rows.slice(0, 1000), splitRows(rows.slice(0, 1000), alone(rows.slice(0, 1000))));
    const after = sides(rows, splitRows(rows, alone(rows)));
    const moved = [...before].filter(([content, side]) => after.get(content) !== side);
    expect(moved.length).toBeLessThan(20);
    const one = sides(rows.slice(0, 1001), splitRows(rows.slice(0, 1001), alone(rows.slice(0, 1001))));
    expect([...before].filter(([content, side]) => one.get(content) !== side).length).toBeLessThanOrEqual(2);
  });

  it('keeps every label near its share on every side', () => {
    const rows = rowsOf(3000, 20);
    const splits = splitRows(rows, alone(rows));
    for (let label = 0; label < 20; label += 1) {
      for (const [name, share] of [
        ['train', 0.7],
        ['validation', 0.15],
        ['test', 0.15],
      ] as const) {
        const count = splits[name].filter((index) => index % 20 === label).length;
        expect(Math.abs(count - 150 * share)).toBeLessThanOrEqual(150 * 0.3 * 0.2 + 1);
      }
    }
  });

  it.each([[10], [15], [24], [60]])('gives %i rows something on every side', (count) => {
    const splits = splitRows(rowsOf(count, 2), alone(rowsOf(count, 2)));
    expect(Math.min(splits.validation.length, splits.test.length)).toBeGreaterThanOrEqual(1);
    expect(splits.train.length).toBeGreaterThanOrEqual(count / 2 - 2);
  });

  it('honours the shares asked for', () => {
    const rows = rowsOf(2000, 1);
    const splits = splitRows(rows, alone(rows), { validationShare: 0.05, testShare: 0.3 });
    expect(splits.validation.length / 2000).toBeCloseTo(0.05, 1);
    expect(splits.test.length / 2000).toBeCloseTo(0.3, 1);
  });

  it('leaves every label something to train on, and large families to training', () => {
    const rows: SplitRow[] = [...rowsOf(100, 1), { content: 'only', label: 'once' }];
    const family = [...Array(60).keys()];
    const groups = [family, ...Array.from({ length: 41 }, (_, i) => [60 + i])];
    const splits = splitRows(rows, groups);
    expect(splits.train).toEqual(expect.arrayContaining([...family, 100]));
  });
});
