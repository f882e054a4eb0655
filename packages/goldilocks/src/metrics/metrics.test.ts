import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrapError, meanAndError } from './bootstrap.js';
import { accuracy, macroF1 } from './classification.js';
import { chrF, corpusChrF, exactMatch, rougeL } from './text.js';

const goldens = JSON.parse(
  readFileSync(new URL('../../../../goldens/metrics/metrics.json', import.meta.url), 'utf8'),
) as {
  texts: { candidate: string; reference: string; chrf: number; rougeL: number | null }[];
  corpusChrf: number;
  classes: { truth: number[]; predicted: number[]; accuracy: number; macroF1: number };
};

describe('text metrics', () => {
  it.each(goldens.texts)('chrF and ROUGE-L of «$candidate» agree with the references', (pair) => {
    expect(chrF(pair.candidate, pair.reference)).toBeCloseTo(pair.chrf, 8);
    if (pair.rougeL !== null) {
      const apostropheFree = (text: string) => text.replace("'", ' '); // both split there
      expect(rougeL(apostropheFree(pair.candidate), apostropheFree(pair.reference))).toBeCloseTo(pair.rougeL, 8);
    }
  });

  it('adds counts over a corpus as sacrebleu does', () => {
    const candidates = goldens.texts.map(({ candidate }) => candidate);
    const references = goldens.texts.map(({ reference }) => reference);
    expect(corpusChrF(candidates, references)).toBeCloseTo(goldens.corpusChrf, 8);
  });

  it('compares exactly up to white space', () => {
    expect(exactMatch(' a  b\n', 'a b')).toBe(1);
    expect(exactMatch('a b', 'a B')).toBe(0);
  });
});

describe('label metrics', () => {
  it('agree with scikit-learn', () => {
    const { truth, predicted } = goldens.classes;
    expect(accuracy(predicted, truth)).toBeCloseTo(goldens.classes.accuracy, 12);
    expect(macroF1(predicted, truth)).toBeCloseTo(goldens.classes.macroF1, 12);
  });
});

describe('errors of measurement', () => {
  it('is s/√n, and pairs cancel what they share', () => {
    expect(meanAndError([1, 2, 3, 4])).toEqual({ mean: 2.5, standardError: Math.sqrt(5 / 3 / 4) });
  });

  it('by resampling agrees with the closed form for a mean', () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3);
    const mean = (indices: readonly number[]) => indices.reduce((sum, i) => sum + values[i]!, 0) / indices.length;
    const closed = meanAndError(values).standardError;
    expect(bootstrapError(values.length, mean, { rounds: 2000 }) / closed).toBeCloseTo(1, 1);
  });
});
