import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepExamples, stepsPerEpoch, totalSteps } from './order.js';

describe('totalSteps', () => {
  test.each([
    [100, 10, 1, 10],
    [101, 10, 1, 11],
    [101, 10, 3, 33],
    [300, 10, 0.1, 3],
    [300, 10, 1.1, 33],
    [100, 16, 0.5, 4],
    [5, 16, 0.01, 1],
    [5, 16, 2, 2],
  ])('%i examples, batches of %i, %f epochs: %i steps', (examples, batchSize, epochs, steps) => {
    expect(totalSteps(examples, batchSize, epochs)).toBe(steps);
  });
});

describe('stepExamples', () => {
  test('each epoch holds every example once, its last batch smaller', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (count, batchSize, seed) => {
          const perEpoch = stepsPerEpoch(count, batchSize);
          for (const epoch of [0, 1, 5]) {
            const batches = Array.from({ length: perEpoch }, (_, i) =>
              stepExamples({ seed, count, batchSize, step: epoch * perEpoch + i }),
            );
            expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
            const seen = batches.flatMap((batch) => [...batch]).sort((a, b) => a - b);
            expect(seen).toEqual(Array.from({ length: count }, (_, i) => i));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('a step asked for on its own is the step of the whole sequence', () => {
    const at = (step: number) => stepExamples({ seed: 3, count: 50, batchSize: 8, step });
    const sequence = Array.from({ length: 21 }, (_, step) => at(step));
    for (const step of [20, 3, 13, 0]) {
      stepExamples({ seed: 4, count: 50, batchSize: 8, step });
      expect(at(step)).toEqual(sequence[step]);
    }
    expect(sequence[0]).not.toEqual(sequence[7]);
  });

  test('the sequence does not depend on the batch size, but on the seed', () => {
    const sequence = (batchSize: number, seed: number) =>
      Array.from({ length: 48 / batchSize }, (_, step) => [
        ...stepExamples({ seed, count: 48, batchSize, step }),
      ]).flat();
    expect(sequence(4, 1)).toEqual(sequence(16, 1));
    expect(sequence(4, 1)).not.toEqual(sequence(4, 2));
  });
});
