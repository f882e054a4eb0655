import { expect, test } from 'vitest';
import { workerMessageSchema, workerRequestSchema } from './worker-message.js';

const evaluation = {
  step: 2,
  epoch: 0.5,
  share: 0.25,
  loss: 1.5,
  perplexity: 4.48,
  bitsPerByte: 0.9,
  perExample: [1, 2],
};

test('an evaluation crosses as JSON and arrives unchanged', () => {
  const message = { type: 'event', event: { type: 'evaluation', evaluation, best: true, seconds: 0.1 } };
  expect(workerMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
});

test('a loss that is not finite arrives as NaN', () => {
  const message = {
    type: 'event',
    event: { type: 'evaluation', evaluation: { ...evaluation, loss: Number.NaN }, best: false, seconds: 0.1 },
  };
  const read = workerMessageSchema.parse(JSON.parse(JSON.stringify(message)));
  expect(read).toMatchObject({ event: { evaluation: { loss: Number.NaN } } });
  expect(workerMessageSchema.parse(message)).toMatchObject({ event: { evaluation: { loss: Number.NaN } } });
});

test('a missing loss is an error, not NaN', () => {
  const { loss: _, ...incomplete } = evaluation;
  const message = { type: 'event', event: { type: 'evaluation', evaluation: incomplete, best: true, seconds: 0.1 } };
  expect(() => workerMessageSchema.parse(message)).toThrow(/loss/);
});

test('a job with an impossible setting is refused, naming it', () => {
  const job = {
    kind: 'ramp',
    modelDirectory: 'm',
    cacheDirectory: 'c',
    template: 'plain',
    trainFile: 't',
    from: 0,
    to: 1,
    steps: 5,
  };
  expect(() => workerRequestSchema.parse({ type: 'run', job })).toThrow(/from/);
});

test('pause and stop need nothing else', () => {
  expect(workerRequestSchema.parse({ type: 'pause' })).toEqual({ type: 'pause' });
  expect(workerRequestSchema.parse({ type: 'stop' })).toEqual({ type: 'stop' });
});
