import { expect, it } from 'vitest';
import { scoreLines } from './describe-scores.js';

const exact = (value: number) => ({ value, standardError: null, low: null, high: null });

it('shows a model a line, shares in percent, intervals where known', () => {
  const sure = { value: 0.8123, standardError: 0.01, low: 0.79, high: 0.83 };
  const lines = scoreLines('accuracy', {
    base: { metric: exact(0.5), loss: exact(2), bitsPerByte: 1.25, others: { macroF1: 0.25 } },
    'tuned model': { metric: sure, loss: exact(0.5), bitsPerByte: 0.3, others: {} },
  });
  expect(lines).toEqual([
    '  base         accuracy 50.0 %, macro F1 25.0 %, loss 2.0000, 1.250 bits per byte',
    '  tuned model  accuracy 81.2 % (95 %: 79.0 % to 83.0 %), loss 0.5000, 0.300 bits per byte',
  ]);
});

it('says bits per byte once where they are the metric', () => {
  const score = { metric: exact(1.5), loss: exact(3), bitsPerByte: 1.5, others: {} };
  expect(scoreLines('bitsPerByte', { base: score })).toEqual(['  base  bits per byte 1.500, loss 3.0000']);
});
