import type { JourneyEvent } from '@goldilocks/protocol';
import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { progressBlock } from './live-progress.js';
import { painterFor } from './painter.js';
import { createProgress } from './progress.js';
import { advance, initialState, secondsLeft, stageShare } from './progress-state.js';

const esc = String.fromCharCode(27);
const plain = painterFor({ write() {} }, {});

function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 80, rows: 24, write: (text: string) => written.push(text) };
  return { stream, text: () => written.join('') };
}

const changed = [
  { name: 'learningRate', from: 1e-3, to: 2e-3 },
  { name: 'dropout', from: 0, to: 0.1 },
];
const step = (n: number, loss = 3 / n): JourneyEvent => ({
  type: 'trial-step',
  trial: 4,
  step: n,
  totalSteps: 100,
  epoch: n / 30,
  loss,
  learningRate: 1e-3,
  tokensPerSecond: 4123,
});
const opening: JourneyEvent[] = [
  {
    type: 'journey-started',
    data: 'feedback.jsonl',
    model: 'goldilocks-base',
    output: 'out',
    seed: 0,
    budgetSeconds: 240,
    budgetTrials: null,
    resumed: false,
  },
  { type: 'stage-started', stage: 'inspect' },
  { type: 'stage-finished', stage: 'inspect', seconds: 0.4, summary: '684 rows, 8 labels' },
  { type: 'stage-started', stage: 'search' },
  { type: 'budget', secondsUsed: 60, secondsLeft: 180, trialsDone: 4, trialsPlanned: 16 },
  {
    type: 'best',
    trial: 2,
    value: 0.431,
    recommended: 0.481,
    changed: [{ name: 'learningRate', from: 1e-3, to: 1.9e-3 }],
  },
  { type: 'trial-started', trial: 4, purpose: 'search', params: {}, changed, resumedAt: 0, subset: 1 },
];
const evaluation: JourneyEvent = {
  type: 'trial-evaluation',
  trial: 4,
  step: 20,
  epoch: 0.6,
  share: 0.2,
  loss: 0.634,
  best: true,
};

describe('the live block', () => {
  const events = [...opening, ...Array.from({ length: 40 }, (_, i) => step(i + 1)), evaluation];
  const state = events.reduce((current, event) => advance(current, event, 60_000), initialState(0));

  test('shows stage, time left, the current curve, and the best with what changed', () => {
    const block = progressBlock(state, 72_000, 80, plain).join('\n');
    expect(block).toContain('feedback.jsonl on goldilocks-base');
    expect(block).toContain('1 min 12 s, about 2 min 48 s left');
    expect(block).toContain('4/8 search');
    expect(block).toContain('4 of about 16 trials');
    expect(block).toMatch(/█[▁▂▃▄▅▆▇█]+▁ {2}loss 0\.075, validation 0\.634/);
    expect(block).toContain('learning rate 2e-3 (recommended 1e-3), dropout 0.1 (0)');
    expect(block).toContain('0.431 in trial 2 (recommended 0.481): learning rate 1.9e-3');
  });

  test.each([40, 50, 79, 99])('fits %i columns', (width) => {
    for (const line of progressBlock(state, 72_000, width, plain)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  });

  test('knows how much is left and done', () => {
    expect(secondsLeft(state, 72_000)).toBe(168);
    expect(secondsLeft(state, 1e9)).toBe(0);
    expect(secondsLeft(initialState(0), 5)).toBeNull();
    expect(stageShare(state)).toBe(0.25);
  });

  test('drops a trial when it ends, and draws a loss that is not finite', () => {
    const diverged = advance(state, step(41, Number.NaN), 73_000);
    expect(progressBlock(diverged, 73_000, 80, plain).join('\n')).toMatch(/× {2}loss not finite/);
    const ended = advance(diverged, { type: 'trial-failed', trial: 4, kind: 'diverged', message: 'x' }, 73_000);
    expect(ended.running).toEqual([]);
  });
});

describe('on a terminal', () => {
  test('draws at once, keeps results above, and leaves no block behind', () => {
    vi.useFakeTimers();
    try {
      const { stream, text } = fakeStream(true);
      const display = createProgress({ stream, environment: {}, now: () => 0 });
      display.handle(opening[0]!);
      expect(text()).toContain('Goldilocks');
      for (const event of opening.slice(1)) display.handle(event);
      vi.advanceTimersByTime(300);
      expect(text()).toContain('inspect done in 0.4 s: 684 rows, 8 labels');
      expect(text()).toContain(`${esc}[`);
      display.handle({ type: 'interrupted', resumeCommand: 'goldilocks resume feedback' });
      const length = text().length;
      display.handle(step(50));
      vi.advanceTimersByTime(1000);
      display.stop();
      expect(text()).toHaveLength(length);
      expect(text()).toContain('Go on with: goldilocks resume feedback');
      expect(text()).not.toContain(`${esc}[?25l`);
    } finally {
      vi.useRealTimers();
    }
  });

  test('with NO_COLOR moves the cursor but does not colour', () => {
    const { stream, text } = fakeStream(true);
    const display = createProgress({ stream, environment: { NO_COLOR: '1' }, now: () => 0 });
    for (const event of opening) display.handle(event);
    display.stop();
    expect(new RegExp(`${esc}\\[\\d*m`).exec(text())).toBeNull();
  });
});

describe('elsewhere', () => {
  test.each([
    ['a pipe', false, {}],
    ['a build server', true, { CI: 'true' }],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ])('%s gets plain lines', (_, isTTY, environment) => {
    const { stream, text } = fakeStream(isTTY);
    const display = createProgress({ stream, environment: { ...environment, NO_COLOR: '1' }, now: () => 61_000 });
    for (const event of opening) display.handle(event);
    expect(text()).not.toContain(esc);
    expect(text().split('\n').slice(0, 3)).toEqual([
      ' 0:00  Goldilocks: feedback.jsonl on goldilocks-base, budget 4 min',
      ' 0:00  inspect',
      ' 0:00  inspect done in 0.4 s: 684 rows, 8 labels',
    ]);
  });

  test('a long trial is told now and then, not step by step', () => {
    let now = 0;
    const { stream, text } = fakeStream(false);
    const display = createProgress({ stream, environment: {}, now: () => now });
    for (const event of opening) display.handle(event);
    const before = text().split('\n').length;
    for (let i = 1; i <= 1000; i++) {
      now += 60;
      display.handle(step(i));
    }
    expect(text().split('\n').length - before).toBe(4);
  });

  test('the same failure again is told as the same', () => {
    const { stream, text } = fakeStream(false);
    const display = createProgress({ stream, environment: {}, now: () => 0 });
    for (const trial of [3, 5, 6]) display.handle({ type: 'trial-failed', trial, kind: 'error', message: 'No file.' });
    expect(text().match(/No file\./g)).toHaveLength(1);
    expect(text()).toContain('trial 6 failed (error): the same as trial 3');
  });

  test('control characters from data are dropped', () => {
    const { stream, text } = fakeStream(false);
    const display = createProgress({ stream, environment: {}, now: () => 0 });
    display.handle({ type: 'message', level: 'warning', text: `a${esc}[2Jb\r\nc\u202e` });
    expect(text()).toBe(' 0:00  warning: ab c\n');
  });

  test('silent is silent', () => {
    const { stream, text } = fakeStream(true);
    const display = createProgress({ stream, silent: true });
    for (const event of opening) display.handle(event);
    display.stop();
    expect(text()).toBe('');
  });
});
