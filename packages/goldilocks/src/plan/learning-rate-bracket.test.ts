import { describe, expect, it } from 'vitest';
import { planOf } from '../../test/plan-facts.js';
import { bracketLearningRate, narrowLearningRate, type RampPoint } from './learning-rate-bracket.js';

/** Standard normal noise from a fixed seed: sums of twelve uniform draws. */
function noise(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

function ramp(loss: (rate: number) => number, { from = 1e-6, to = 1, steps = 100, sigma = 0.1, seed = 1 } = {}) {
  const draw = noise(seed);
  return Array.from({ length: steps }, (_, i): RampPoint => {
    const learningRate = from * (to / from) ** (i / (steps - 1));
    return { learningRate, loss: loss(learningRate) + sigma * draw() };
  });
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Falls from 4 to 2 around 1e-3 (on the decimal logarithm), and blows up beyond 0.1. */
const valley = (rate: number) =>
  4 - 2 * sigmoid(4 * (Math.log10(rate) + 3)) + Math.exp(Math.min(9, 12 * (Math.log10(rate) + 1)));

describe('bracketLearningRate', () => {
  it('finds the valley, whatever the noise', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const bracket = bracketLearningRate(ramp(valley, { seed }));
      expect(bracket.shape).toBe('valley');
      expect(bracket.suggested).toBeGreaterThan(2e-4);
      expect(bracket.suggested).toBeLessThan(6e-3);
      expect(bracket.low).toBeGreaterThan(3e-5);
      expect(bracket.low).toBeLessThan(bracket.suggested!);
      expect(bracket.high).toBeGreaterThan(bracket.suggested!);
      expect(bracket.high).toBeLessThan(0.1);
    }
  });

  it('keeps a tenth from a cliff after a flat stretch', () => {
    const bracket = bracketLearningRate(ramp((rate) => (rate > 0.01 ? 9 : 3)));
    expect(bracket.shape).toBe('cliff only');
    expect(bracket.suggested).toBeGreaterThan(3e-4);
    expect(bracket.suggested).toBeLessThan(1.2e-3);
    expect(bracket.high).toBeLessThan(0.01);
  });

  it('takes the first loss that is no number for the cliff', () => {
    const points = ramp((rate) => 3 - 1 * sigmoid(4 * (Math.log10(rate) + 4))).map((point) =>
      point.learningRate > 0.01 ? { ...point, loss: Number.NaN } : point,
    );
    const bracket = bracketLearningRate(points);
    expect(bracket.shape).toBe('valley');
    expect(bracket.high).toBeLessThanOrEqual(0.0055);
    expect(bracket.reason).toMatch(/broke at 1\.\d*e-2/);
  });

  it('says that a falling loss did not meet its cliff', () => {
    const bracket = bracketLearningRate(ramp((rate) => 4 - 2 * sigmoid(4 * (Math.log10(rate) + 2)), { to: 0.1 }));
    expect(bracket).toMatchObject({ shape: 'falling', high: 0.1 });
    expect(bracket.suggested).toBeLessThanOrEqual(0.05);
  });

  it('suggests nothing from pure noise', () => {
    let suggested = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const bracket = bracketLearningRate(ramp(() => 3, { sigma: 0.3, seed }));
      if (bracket.suggested !== undefined) suggested++;
    }
    expect(suggested).toBeLessThanOrEqual(5);
  });

  // Ramps of the shipped model over 1/100 to 100 times `around`, and the best rate of full runs on the same data.
  const real: [name: string, around: number, steps: number, best: number, losses: number[]][] = [
    [
      'feedback, full, quick',
      2e-3,
      20,
      2e-3,
      [5.31, 5.68, 5.47, 5.2, 4.7, 4.7, 4.52, 3.86, 3.45, 2.51, 1.67, 1.39, 0.74, 0.61, 0.63, 0.5, 0.82, 0.67, 9.62],
    ],
    [
      'feedback, LoRA, quick',
      5e-3,
      20,
      5e-3,
      [5.31, 5.72, 5.56, 5.36, 5.02, 5.19, 5.32, 4.93, 4.93, 4.27, 3.02, 2.62, 2.14, 1.1, 3.6, 5.56],
    ],
    [
      'feedback, LoRA, slow',
      5e-3,
      60,
      5e-3,
      [
        5.31, 5.72, 5.56, 5.37, 5.06, 5.27, 5.5, 5.27, 5.58, 5.36, 5.0, 5.48, 5.35, 5.46, 4.98, 4.99, 4.89, 4.54, 4.39,
        4.1, 4.04, 3.72, 3.01, 2.94, 2.58, 2.42, 2.25, 1.97, 1.57, 1.22, 0.93, 0.62, 0.5, 0.73, 0.66, 0.44, 0.55, 0.42,
        0.44, 0.42, 0.48, 0.53, 0.55, 0.82, 1.22, 4.07,
      ],
    ],
    [
      'clinic notes, full, quick',
      2e-3,
      20,
      1e-3,
      [4.93, 4.66, 5.07, 4.51, 4.12, 4.03, 3.45, 2.6, 1.67, 0.94, 0.67, 0.45, 0.36, 0.17, 0.17, 0.34, 0.19, 1.18],
    ],
  ];
  it.each(real)('holds on a real ramp: %s', (_, around, steps, best, losses) => {
    const from = around / 100;
    const points = losses.map((loss, i) => ({ learningRate: from * 1e4 ** (i / (steps - 1)), loss }));
    const bracket = bracketLearningRate(points);
    expect(bracket.shape).toBe('valley');
    expect(bracket.suggested! / best).toBeGreaterThan(1 / 4);
    expect(bracket.suggested! / best).toBeLessThan(4);
    expect(bracket.low).toBeLessThan(best);
    expect(bracket.high).toBeGreaterThan(best);
    expect(bracket.high).toBeLessThan(20 * best);
  });

  it('is not misled by one bad batch', () => {
    const points = ramp(valley);
    points[30] = { ...points[30]!, loss: 40 };
    expect(bracketLearningRate(points).suggested).toBe(bracketLearningRate(ramp(valley)).suggested);
  });

  it('refuses ramps that are too short or broken from the start', () => {
    expect(() => bracketLearningRate(ramp(valley, { steps: 5 }))).toThrow(/at least 12 steps/);
    const broken = ramp(valley).map((point, i) => (i > 2 ? { ...point, loss: Number.NaN } : point));
    expect(() => bracketLearningRate(broken)).toThrow(/start the ramp/);
  });
});

describe('narrowLearningRate', () => {
  const bracket = { low: 1e-4, high: 1e-3, suggested: 4e-4, shape: 'valley' as const, reason: 'It fell.' };

  it('moves a recommended rate outside the bracket, as measured', () => {
    const plan = narrowLearningRate(planOf(), bracket);
    expect(plan.settings.learningRate).toBe(4e-4);
    expect(plan.adjustments.at(-1)).toMatchObject({ from: 2e-3, to: 4e-4, evidence: 'measured' });
    expect(plan.searchSpace.parameters[0]).toMatchObject({ low: 1e-4, high: 1e-3, recommended: 4e-4 });
  });

  it('keeps one inside, and one that the person fixed', () => {
    const wide = { ...bracket, high: 5e-3 };
    expect(narrowLearningRate(planOf(), wide).settings.learningRate).toBe(2e-3);
    const fixed = narrowLearningRate(planOf({ userSettings: { learningRate: 0.1 } }), bracket);
    expect(fixed.settings.learningRate).toBe(0.1);
    expect(fixed.warnings.at(-1)).toContain('outside');
  });
});
