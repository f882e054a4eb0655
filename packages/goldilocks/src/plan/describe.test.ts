import { describe, expect, it } from 'vitest';
import { feedback, planOf } from '../../test/plan-facts.js';
import { cheatSheetLines, describePlan, formatSeconds, planLines } from './describe.js';
import { formatValue } from './hyperparameters.js';
import { listModels } from './recommend.js';

describe('describePlan', () => {
  it('says what, why, on what grounds, and marks priors', () => {
    const plan = planOf({ data: { ...feedback, noiseShare: 0.12 }, userSettings: { weightDecay: 0.05 } });
    const text = planLines(plan).join('\n');
    expect(text).toContain('learning rate: 2e-3');
    expect(text).toContain('dropout: 0 → 0.1 — About 12 % of the labels look wrong');
    expect(text).toContain('[only a prior; 2103.12002');
    expect(text).toContain('weight decay: 0.05 — you set it');
    expect(text).toContain('weight decay: not searched — you set it');
    expect(text).toContain('search (15 runs)');
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('leaves empty sections out', () => {
    expect(describePlan(planOf({ data: { ...feedback, rows: 1000 } })).map((section) => section.title)).toEqual([
      'What',
      'Start from',
      'Search',
      'Budget',
    ]);
  });
});

describe('cheatSheetLines', () => {
  it('shows every model with the sources of its rates', () => {
    const text = cheatSheetLines(listModels()).join('\n');
    expect(text).toContain('Llama-3.1-8B');
    expect(text).toContain('learning rate, full: 5e-6 [published; Tulu 3 8B, 2411.15124]');
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe('formats', () => {
  it('are short and exact', () => {
    expect(formatValue('learningRate', 0.0002)).toBe('2e-4');
    expect(formatValue('learningRate', 0.000123)).toBe('1.23e-4');
    expect(formatValue('learningRate', 10)).toBe('1e1');
    expect(formatValue('frozenLayers', 0.25, 30)).toBe('7 of 30 layers');
    expect(formatValue('warmup', 0.05)).toBe('5 %');
    expect(formatValue('dropout', 0.1)).toBe('0.1');
    expect([5, 90, 1500, 7200].map(formatSeconds)).toEqual(['5 s', '1.5 min', '25 min', '2 h']);
  });
});
