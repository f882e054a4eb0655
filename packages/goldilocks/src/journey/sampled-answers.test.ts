import { expect, test } from 'vitest';
import { answerSampler } from './sampled-answers.js';
import type { TrialStages } from './trial-stages.js';

const stages = (task: string, isEncoder: boolean, keepsModels?: boolean) =>
  ({
    context: { engine: { keepsModels }, clock: { elapsed: 0 } },
    prepared: { task: { type: task, answerTokens: 3 }, model: { isEncoder }, data: { rows: [] } },
    data: { validation: [] },
  }) as unknown as TrialStages;

test.each([
  ['plain text', stages('plain', false)],
  ['an encoder', stages('label', true)],
  ['an engine that keeps no weights', stages('label', false, false)],
])('%s gives no answers', (_, given) => {
  expect(answerSampler(given)).toBeUndefined();
});

test('others are asked', () => {
  expect(answerSampler(stages('label', false))).toBeTypeOf('function');
});
