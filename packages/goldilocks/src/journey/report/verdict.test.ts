import { describe, expect, test } from 'vitest';
import { exampleReport } from '../../../test/example-report.js';
import { verdictOf } from './verdict.js';

const { task, scores } = exampleReport();
const naiveBayes = (value: number) => ({
  ...scores,
  baselines: [{ ...scores.baselines[0]!, title: 'naive Bayes', metric: { ...scores.base.metric!, value } }],
});

describe('the verdict', () => {
  test('says plainly where a rule without a language model does better', () => {
    const { sentence } = verdictOf(undefined, task, naiveBayes(0.9), 'No trial ended better.');
    expect(sentence).toMatch(
      /Naive Bayes, which needs no language model, reaches 90\.0 % on the same examples: more than the tuned model\.$/,
    );
  });

  test('leaves out rules that do worse', () => {
    expect(verdictOf(undefined, task, naiveBayes(0.5), 'No trial ended better.').sentence).not.toContain('Bayes');
  });
});
