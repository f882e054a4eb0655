import { describe, expect, it } from 'vitest';
import { cosineSpent, type SyntheticRun, settles, syntheticRun } from '../../test/synthetic-runs.js';
import { diagnose } from './diagnose.js';

const kinds = (run: SyntheticRun) => diagnose(syntheticRun(run)).map(({ kind }) => kind);
const first = (run: SyntheticRun) => diagnose(syntheticRun(run))[0]!;
const { settings } = syntheticRun({ validation: settles, training: settles });
const keepsFalling = (share: number) => 0.2 + 2.8 * Math.exp(-4 * share);

describe('diagnose', () => {
  it('just right: it learns, levels off and stays', () => {
    const diagnosis = first({ validation: settles, training: settles });
    expect(diagnosis.kind).toBe('just-right');
    expect(diagnosis.adjustment).toBeUndefined();
    expect(diagnosis.evidence).toContain('levelled off');
  });

  it('overfitting, from the epoch of the best evaluation on', () => {
    const early = (share: number) => (share < 0.375 ? settles(share) : settles(0.375) + 1.5 * (share - 0.375));
    const diagnosis = first({ validation: early, training: keepsFalling });
    expect(diagnosis.kind).toBe('overfitting');
    expect(diagnosis.evidence).toContain('Overfitting from epoch 1.13 on');
    expect(diagnosis.adjustment).toEqual({ hyperparameter: 'epochs', from: 3, to: 1.5 });
    expect(diagnosis.continueFromCheckpoint).toBe(false);

    const late = (share: number) => (share < 0.75 ? settles(share) : 1 + 1.5 * (share - 0.75));
    expect(first({ validation: late, training: keepsFalling }).adjustment).toEqual({
      hyperparameter: 'dropout',
      from: 0,
      to: 0.05,
    });
  });

  it('too little data, where few examples are memorised within two epochs', () => {
    const early = (share: number) => (share < 0.375 ? settles(share) : settles(0.375) + 1.5 * (share - 0.375));
    const diagnosis = first({ validation: early, training: keepsFalling, examples: 120 });
    expect(diagnosis).toMatchObject({ kind: 'too-little-data' });
    expect(diagnosis.evidence).toContain('only 120 examples');
    expect(diagnosis.adjustment).toEqual({ hyperparameter: 'frozenLayers', from: 0, to: 0.25 });
  });

  it('too slow: an almost straight fall', () => {
    const straight = (share: number) => 3 - share;
    const diagnosis = first({ validation: straight, training: straight });
    expect(diagnosis.kind).toBe('too-slow');
    expect(diagnosis.adjustment).toEqual({ hyperparameter: 'learningRate', from: 3e-4, to: 9e-4 });
  });

  it('still falling at the end; goes on from the checkpoint only with a constant rate', () => {
    const slowing = (share: number) => 1 + 2 * Math.exp(-2 * cosineSpent(share));
    const cosine = first({ validation: slowing, training: slowing });
    expect(cosine).toMatchObject({ kind: 'still-falling', continueFromCheckpoint: false });
    expect(cosine.adjustment).toEqual({ hyperparameter: 'epochs', from: 3, to: 4.5 });
    const falling = (share: number) => 1 + 2 * Math.exp(-2 * share);
    const constant = { ...settings, schedule: { name: 'constant' as const, warmup: 0 } };
    expect(first({ validation: falling, training: falling, settings: constant }).continueFromCheckpoint).toBe(true);
  });

  it('diverged: a loss that is no number, a run that ran away, or the trainer’s word', () => {
    const run = syntheticRun({ validation: settles, training: settles });
    run.steps![40] = { step: 41, loss: Number.NaN };
    expect(diagnose(run)[0]!.kind).toBe('just-right');
    run.outcome = 'diverged';
    expect(diagnose(run)[0]!.evidence).toBe('Diverged: the loss was not a number at step 41 of 120.');
    expect(diagnose(run)[0]!.adjustment).toEqual({ hyperparameter: 'learningRate', from: 3e-4, to: 7.5e-5 });
    const up = (share: number) => 3 + 4 * share;
    expect(kinds({ validation: up, training: up })).toEqual(['diverged']);
    expect(kinds({ validation: settles, training: settles, outcome: 'diverged' })).toEqual(['diverged']);
  });

  it('stuck: nothing moves, or only the training loss, upwards', () => {
    const flat = first({ validation: () => 3, training: () => 3 });
    expect(flat.kind).toBe('stuck');
    expect(flat.adjustment).toEqual({ hyperparameter: 'learningRate', from: 3e-4, to: 1.5e-3 });
    const up = first({ validation: (share) => 3 + 0.2 * share, training: (share) => 3 + 0.5 * share });
    expect(up).toMatchObject({ kind: 'stuck', adjustment: { to: 7.5e-5 } });
  });

  it('forgetting: the loss on text the base model knew rose clearly', () => {
    const before = Array.from({ length: 30 }, (_, i) => 2 + 0.02 * i);
    const after = before.map((loss, i) => loss + 0.3 + 0.01 * (i % 5));
    const diagnosis = first({ validation: settles, training: settles, retention: { before, after } });
    expect(diagnosis).toMatchObject({ kind: 'forgetting', adjustment: { hyperparameter: 'learningRate', to: 1.5e-4 } });
    const little = before.map((loss) => loss + 0.02);
    expect(kinds({ validation: settles, training: settles, retention: { before, after: little } })).toEqual([
      'just-right',
    ]);
  });

  it('noisy: validation swings by more than chance', () => {
    const swings = (share: number) => settles(share) + 0.3 * (Math.round(share * 8) % 2);
    const diagnosis = first({ validation: swings, training: settles });
    expect(diagnosis).toMatchObject({ kind: 'noisy', adjustment: { hyperparameter: 'batchSize', from: 16, to: 32 } });
    expect(first({ validation: swings, training: settles, examples: 100 }).adjustment!.hyperparameter).toBe(
      'learningRate',
    );
  });

  it('unclear, with a single evaluation', () => {
    const run = syntheticRun({ validation: settles, training: settles });
    expect(diagnose({ ...run, history: run.history.slice(0, 1) })[0]!.kind).toBe('unclear');
  });

  it('several at once, gravest first', () => {
    const before = Array.from({ length: 30 }, (_, i) => 2 + 0.02 * i);
    const retention = { before, after: before.map((loss, i) => 1.3 * loss + 0.01 * (i % 5)) };
    const late = (share: number) => (share < 0.75 ? settles(share) : 1 + 1.5 * (share - 0.75));
    expect(kinds({ validation: late, training: keepsFalling, retention })).toEqual(['overfitting', 'forgetting']);
  });

  it('does not call noise a finding: a settled run with few noisy examples', () => {
    const examples = { validationExamples: 20, jitter: 0.25 };
    const found = kinds({ validation: settles, training: keepsFalling, ...examples });
    expect(found).toEqual(['just-right']);
  });

  it('gives every finding a sentence with numbers and a source', () => {
    for (const validation of [() => 3, (share: number) => 3 - share, (share: number) => 3 + 4 * share]) {
      for (const { evidence, because, source } of diagnose(syntheticRun({ validation, training: validation }))) {
        expect(evidence).toMatch(/^[A-Z].*\d.*\.$/);
        expect(because).toMatch(/\.$/);
        expect(source.length).toBeGreaterThan(5);
      }
    }
  });
});
