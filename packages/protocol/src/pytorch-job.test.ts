import { expect, it } from 'vitest';
import { pytorchMessageSchema } from './pytorch-job.js';

it('reads a number that is none as NaN', () => {
  const line =
    '{"type":"step","step":1,"totalSteps":2,"epoch":0.5,"loss":null,"learningRate":0,"gradientNorm":null,"tokens":3,"seconds":0.1,"applied":false}';
  expect(pytorchMessageSchema.parse(JSON.parse(line))).toMatchObject({ loss: Number.NaN, gradientNorm: Number.NaN });
});

it('refuses a line that is no message', () => {
  expect(() => pytorchMessageSchema.parse({ type: 'loss', value: 1 })).toThrow();
  expect(() => pytorchMessageSchema.parse({ type: 'checkpoint', step: -1 })).toThrow();
});
