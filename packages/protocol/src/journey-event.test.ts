import { describe, expect, test } from 'vitest';
import { journeyEventSchema } from './journey-event.js';

const step = {
  type: 'trial-step',
  trial: 3,
  step: 2,
  totalSteps: 10,
  epoch: 0.5,
  loss: 1.5,
  learningRate: 1e-3,
  tokensPerSecond: 4000,
};

describe('an event of the journey', () => {
  test('crosses as JSON and arrives unchanged', () => {
    expect(journeyEventSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
  });

  test('brings a loss that is not finite as NaN', () => {
    const diverged = { ...step, loss: Number.NaN };
    expect(journeyEventSchema.parse(JSON.parse(JSON.stringify(diverged)))).toEqual(diverged);
    expect(journeyEventSchema.parse({ ...step, loss: Infinity })).toMatchObject({ loss: Infinity });
  });

  test('without its loss is an error, not NaN', () => {
    const { loss: _, ...incomplete } = step;
    expect(() => journeyEventSchema.parse(incomplete)).toThrow(/loss/);
  });

  test('may leave out what is not known yet', () => {
    const best = { type: 'best', trial: 0, value: 0.5, changed: [] };
    expect(journeyEventSchema.parse(best)).toEqual(best);
  });
});
