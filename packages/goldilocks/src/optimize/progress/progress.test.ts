import { expect, test } from 'vitest';
import { painterFor } from '../../terminal/painter.js';
import type { OptimizeEvent } from '../events.js';
import { progressBlock } from './live.js';
import { createOptimizeProgress } from './progress.js';
import { advance, initialState } from './state.js';

const params = { learning_rate: 3e-4, optimizer: 'ad\x1b[31mamw' };
const events: OptimizeEvent[] = [
  {
    ...{
      type: 'study-started',
      study: 'train-1',
      program: 'python train.py --lr {learning_rate}',
      metrics: ['eval_loss'],
    },
    ...{ budgetSeconds: null, budgetTrials: 8, trialsBefore: 2, spentSeconds: 60 },
  },
  { type: 'trial-started', trial: 2, params, device: '1' },
  { type: 'trial-value', trial: 2, step: 1000, value: 2, at: 'epoch 1' },
  { type: 'trial-value', trial: 2, step: 2000, value: 1.23456, at: 'epoch 2' },
  { type: 'trial-started', trial: 3, params },
  { type: 'trial-failed', trial: 3, kind: 'error', message: 'It ended with code 1.', isRetried: true },
  { type: 'trial-started', trial: 4, params },
  { type: 'trial-finished', trial: 4, values: [0.5], seconds: 65 },
  { type: 'best', trial: 4, value: 0.5, params },
];

test('the live block', () => {
  const state = events.reduce((before, event) => advance(before, event, 0), initialState(0));
  const paint = painterFor({ write: () => true }, { NO_COLOR: '1' });
  expect(progressBlock(state, 5000, 80, paint).join('\n')).toMatchInlineSnapshot(`
    "Goldilocks  python train.py --lr {learning_rate}                       1 min 5 s
      trials     ━━━━━━━━━━━━━━──────────────  4 of 8 done, 1 failed
      trial 2    █▁           1.235     learning_rate 3e-4, optimizer adamw
      best       0.5 in trial 4: learning_rate 3e-4, optimizer adamw"
  `);
  for (const width of [41, 60, 100]) {
    for (const line of progressBlock(state, 5000, width, paint)) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('as lines of a log', () => {
  let text = '';
  const stream = { write: (more: string) => (text += more) };
  const display = createOptimizeProgress({ stream, environment: {}, now: () => 0 });
  for (const event of events) display.handle(event);
  display.handle({ type: 'interrupted', resumeCommand: 'goldilocks resume train-1' });
  display.stop();
  expect(text).toMatchInlineSnapshot(`
    " 0:00  Goldilocks: study train-1, budget 8 trials, going on after 2 trials
     0:00  trial 2 starts on device 1: learning_rate 3e-4, optimizer adamw
     0:00  trial 3 starts: learning_rate 3e-4, optimizer adamw
     0:00  trial 3 failed (error): It ended with code 1. It will be tried again.
     0:00  trial 4 starts: learning_rate 3e-4, optimizer adamw
     0:00  trial 4 done in 1 min 5 s: eval_loss 0.5
     0:00  best so far: 0.5 in trial 4: learning_rate 3e-4, optimizer adamw
     0:00  Stopped, and everything is saved. Go on with: goldilocks resume train-1
    "
  `);
});
