import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeMicroBatches, type NumberedExample, rowTokens, supervisedTokens } from './batches.js';

/** Examples that begin with the same tokens. */
const examplesOf = (beginning: number[], rests: number[][]): NumberedExample[] =>
  rests.map((rest, index) => {
    const ids = Int32Array.from([...beginning, ...rest]);
    const supervised = Uint8Array.from(ids, (_, i) => (i >= beginning.length + 1 ? 1 : 0));
    return { index, example: { ids, supervised, supervisedBytes: 1, truncatedTokens: 0 } };
  });

const someExamples = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }),
    fc.array(fc.array(fc.integer({ min: 10, max: 99 }), { minLength: 2, maxLength: 60 }), {
      minLength: 1,
      maxLength: 30,
    }),
  )
  .map(([beginning, rests]) => examplesOf(beginning, rests));

/** The tokens that a token of a batch sees, itself included, by the segments' chain. */
function seenBy(batch: ReturnType<typeof makeMicroBatches>[number], token: number): number[] {
  const last = batch.segments.find(({ first, ids }) => token >= first && token < first + ids.length)!;
  const own = [...last.ids.subarray(0, token - last.first + 1)];
  return last.parent ? [...last.parent.ids, ...own] : own;
}

describe('micro-batches', () => {
  it('hold every prediction of every example once, each after exactly the tokens before it', () => {
    fc.assert(
      fc.property(someExamples, fc.integer({ min: 1, max: 400 }), (examples, budget) => {
        const predicted = makeMicroBatches(examples, budget, 2).flatMap((batch) =>
          batch.targets.map(({ token, label, weight }, slot) => {
            expect(weight).toBe(0.5);
            return [batch.targetExamples[slot]!, ...seenBy(batch, token), label].join();
          }),
        );
        const wanted = examples.flatMap(({ index, example: { ids, supervised } }) =>
          [...ids].flatMap((_, i) => (supervised[i] ? [[index, ...ids.subarray(0, i + 1)].join()] : [])),
        );
        expect(predicted.sort()).toEqual(wanted.sort());
      }),
    );
  });

  it('keep to the budget where one example does not exceed it, are of about equal size, and have no padding', () => {
    fc.assert(
      fc.property(someExamples, fc.integer({ min: 1, max: 400 }), (examples, budget) => {
        for (const { shape, segments, realTokens } of makeMicroBatches(examples, budget, 1)) {
          const longest = Math.max(...segments.map(({ ids }) => ids.length));
          expect(shape.tokens).toBeLessThanOrEqual(Math.max(budget, realTokens));
          expect(shape.tokens).toBe(segments.reduce((sum, { ids }) => sum + ids.length, 0));
          expect(longest).toBeLessThanOrEqual(shape.rowTokens);
        }
      }),
    );
  });

  it('hold a common beginning once a row', () => {
    const beginning = Array.from({ length: 20 }, (_, i) => i);
    const examples = examplesOf(beginning, [
      [30, 31],
      [32, 33, 34],
      [35, 36, 37],
    ]);
    const [batch, ...others] = makeMicroBatches(examples, 512, 1);
    expect(others).toEqual([]);
    expect(batch!.shape).toMatchObject({ rows: 1, tokens: 20 + 1 + 2 + 2 });
    expect(batch!.realTokens).toBe(examples.reduce((sum, { example }) => sum + rowTokens(example), 0));
    expect(batch!.targets.length).toBe(examples.reduce((sum, { example }) => sum + supervisedTokens(example), 0));
  });
});
