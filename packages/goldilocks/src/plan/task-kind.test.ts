import { describe, expect, it } from 'vitest';
import { feedback } from '../../test/plan-facts.js';
import { complexityOf, guessTaskKind } from './task-kind.js';

describe('guessTaskKind', () => {
  it('recognises a diagnosis by its labels or its words', () => {
    expect(guessTaskKind({ ...feedback, labels: ['normal', 'abnormal'] }).kind).toBe('diagnosis');
    const samplePrompts = ['The patient has a fever.', 'Blood pressure 120/80.', 'No complaints.'];
    expect(guessTaskKind({ ...feedback, labels: ['0', '1'], samplePrompts }).kind).toBe('diagnosis');
    expect(guessTaskKind({ ...feedback, samplePrompts }).kind).toBe('classification');
    expect(guessTaskKind(feedback).because).toContain('4 labels');
  });

  it('recognises translation by answers as long as their prompts', () => {
    const tokensPerExample = { mean: 60, median: 60, p95: 90, max: 120 };
    const of = (median: number) => ({ mean: median, median, p95: median, max: median });
    const data = { ...feedback, task: 'generation' as const, labels: undefined, tokensPerExample };
    expect(guessTaskKind({ ...data, completionTokens: of(30) }).kind).toBe('translation');
    expect(guessTaskKind({ ...data, completionTokens: of(10) }).kind).toBe('generation');
    expect(guessTaskKind({ ...data, task: 'text' }).kind).toBe('continuation');
    expect(guessTaskKind({ ...data, task: 'chat' }).kind).toBe('conversation');
  });
});

describe('complexityOf', () => {
  it('tells templates from varied text', () => {
    const templates = Array.from({ length: 500 }, (_, i) => `The item ${i % 7} arrived late and I am not happy.`);
    let state = 1;
    const word = () => {
      state = (state * 48271) % 2147483647;
      return state.toString(36);
    };
    const varied = Array.from({ length: 500 }, () => `${word()} ${word()} ${word()}`);
    expect(complexityOf(templates)).toBeLessThan(0.1);
    expect(complexityOf(varied)).toBeGreaterThan(0.5);
    expect(complexityOf([])).toBe(0);
  });
});
