import { describe, expect, test } from 'vitest';
import type { Diagnosis } from './diagnosis.js';
import { DivergenceMonitor } from './divergence.js';
import { EarlyStopping } from './early-stopping.js';
import { diagnoseStuck } from './stuck.js';

describe('EarlyStopping', () => {
  function run(values: number[], patience: number, minImprovement: number): { stoppedAt?: number; best?: number } {
    const stopping = new EarlyStopping(patience, minImprovement);
    for (const [step, value] of values.entries()) {
      stopping.record(value, step);
      if (stopping.shouldStop) return { stoppedAt: step, best: stopping.best?.step };
    }
    return { best: stopping.best?.step };
  }

  test('stops after `patience` evaluations without improvement, and knows the best', () => {
    expect(run([3, 2, 2.1, 2.2, 2.3, 1], 3, 0)).toEqual({ stoppedAt: 4, best: 1 });
    expect(run([3, 2, 2.1, 1.9, 2.2, 2.3, 2.4], 3, 0)).toEqual({ stoppedAt: 6, best: 3 });
  });

  test('an improvement too small is the best but does not buy time', () => {
    expect(run([2, 1.99, 1.985], 2, 0.01)).toEqual({ stoppedAt: 2, best: 2 });
  });

  test('small improvements add up', () => {
    expect(run([2, 1.985, 1.97, 1.955, 1.94], 2, 0.01)).toEqual({ best: 4 });
  });

  test('patience 0 never stops; NaN is never best', () => {
    expect(run([1, 2, 3, 4, 5], 0, 0)).toEqual({ best: 0 });
    expect(run([1, Number.NaN, Number.NaN], 2, 0)).toEqual({ stoppedAt: 2, best: 0 });
    expect(run([Number.NaN, 1], 3, 0)).toEqual({ best: 1 });
  });

  test('continues from its state, through JSON', () => {
    const first = new EarlyStopping(2, 0.01);
    first.record(1, 10);
    first.record(1.1, 20);
    const second = new EarlyStopping(2, 0.01, JSON.parse(JSON.stringify(first.state)));
    expect(second.shouldStop).toBe(false);
    expect(second.record(1.2, 30)).toBe(false);
    expect(second.shouldStop).toBe(true);
    expect(second.best).toEqual({ value: 1, step: 10 });
  });
});

describe('DivergenceMonitor', () => {
  function watch(losses: number[], monitor = new DivergenceMonitor()): Diagnosis | undefined {
    for (const [index, loss] of losses.entries()) {
      const diagnosis = monitor.observe({ step: index + 1, loss, applied: Number.isFinite(loss) });
      if (diagnosis) return diagnosis;
    }
    return undefined;
  }

  test('single NaNs are counted, five in a row end the run', () => {
    const monitor = new DivergenceMonitor();
    expect(watch([2, Number.NaN, 2, Number.NaN, Number.NaN, 2], monitor)).toBeUndefined();
    expect(monitor.skipped).toBe(3);
    const diagnosis = watch([2, ...Array(5).fill(Number.NaN)]);
    expect(diagnosis).toMatchObject({ kind: 'not-finite', step: 6 });
    expect(diagnosis!.message).toContain('The loss was not a finite number in 5 steps in a row, up to step 6');
    expect(watch(Array(5).fill(Number.NaN))!.advice).toContain('from the first step');
  });

  test('a gradient that is not finite counts though the loss is', () => {
    const monitor = new DivergenceMonitor({ skippedInARow: 1 });
    expect(monitor.observe({ step: 3, loss: 2, applied: false })!.message).toContain('The gradient was not a finite');
  });

  test('a loss that stays far above its start has diverged; a spike has not', () => {
    const start = Array(10).fill(2);
    expect(watch([...start, ...Array(200).fill(8)])).toMatchObject({ kind: 'diverged' });
    expect(watch([...start, 30, 30, ...Array(200).fill(1.5)])).toBeUndefined();
    expect(watch(Array.from({ length: 300 }, (_, i) => 2 + Math.sin(i)))).toBeUndefined();
    expect(watch(Array.from({ length: 300 }, (_, i) => 0.05 + 0.3 * Math.abs(Math.sin(i))))).toBeUndefined();
  });

  test('continues from its state, through JSON', () => {
    const losses = [...Array(10).fill(2), ...Array(60).fill(8)];
    const whole = watch(losses);
    for (const cut of [3, 12, 25]) {
      const first = new DivergenceMonitor();
      expect(watch(losses.slice(0, cut), first)).toBeUndefined();
      const second = new DivergenceMonitor({}, JSON.parse(JSON.stringify(first.state)));
      expect(watch(losses.slice(cut), second)!.step + cut).toBe(whole!.step);
    }
  });
});

describe('diagnoseStuck', () => {
  const points = (losses: number[], training: number[], lastShare = 0.5) =>
    losses.map((loss, i) => ({
      step: 10 * i,
      share: (lastShare * i) / (losses.length - 1),
      loss,
      trainingLoss: training[i],
    }));

  test('losses that do not move', () => {
    expect(diagnoseStuck(points([2, 2.001, 1.999], [2, 1.995, 2.01]))).toMatchObject({ kind: 'stuck', step: 20 });
  });

  test('not while either falls, nor early, nor on too little', () => {
    expect(diagnoseStuck(points([2, 1.9, 1.8], [2, 2, 2]))).toBeUndefined();
    expect(diagnoseStuck(points([2, 2.1, 2.2], [2, 1.5, 1]))).toBeUndefined();
    expect(diagnoseStuck(points([2, 2, 2], [2, 2, 2], 0.2))).toBeUndefined();
    expect(diagnoseStuck(points([2, 2], [2, 2]))).toBeUndefined();
    expect(diagnoseStuck([])).toBeUndefined();
  });
});
