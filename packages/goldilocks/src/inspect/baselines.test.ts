import { describe, expect, it } from 'vitest';
import { measureBaselines } from './baselines.js';
import { featuresOf } from './classifiers/features.js';
import { NaiveBayes, softmax } from './classifiers/naive-bayes.js';
import { neighbourProbabilities } from './classifiers/nearest-neighbours.js';
import { labelScores } from './classifiers/scores.js';
import { sentence } from './testing/data-file.js';
import type { InspectedRow } from './types.js';

function row(text: string, label: string, line: number): InspectedRow {
  return { file: 'a', line, example: { prompt: text, completion: label }, label, hash: text, text, target: label };
}

describe('labelScores', () => {
  it('agree with scikit-learn', () => {
    // f1_score([0,0,1,1,2,2], [0,1,1,1,2,0], average='macro') = (0.5 + 0.8 + 2/3) / 3
    const { accuracy, macroF1 } = labelScores([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 0], 4);
    expect(accuracy).toBeCloseTo(4 / 6, 12);
    expect(macroF1).toBeCloseTo((0.5 + 0.8 + 2 / 3) / 3, 12);
  });
});

describe('NaiveBayes', () => {
  const features = featuresOf(['sun beach', 'sun sand', 'rain coat', 'rain sun', 'beach sand coat']);

  it('gives the probabilities of the formula', () => {
    const bayes = new NaiveBayes(features, 2);
    for (const [index, label] of [0, 0, 1].entries()) bayes.add(index, label);
    // Vocabulary of words seen twice: sun beach sand rain coat. Smoothing 0.3; class 0 has 4 words, class 1 has 2.
    const prior = [2.3 / 3.6, 1.3 / 3.6];
    const words = (counts: number[], total: number): number =>
      counts.reduce((product, count) => product * ((count + 0.3) / (total + 1.5)), 1);
    const [first, second] = [prior[0]! * words([0, 2], 4), prior[1]! * words([1, 0], 2)];
    expect(softmax(bayes.scores(3))[0]).toBeCloseTo(first / (first + second), 6);
  });

  it('forgets a row that is taken out', () => {
    const [with2, without2] = [new NaiveBayes(features, 2), new NaiveBayes(features, 2)];
    for (const bayes of [with2, without2]) for (const [index, label] of [0, 0, 1].entries()) bayes.add(index, label);
    with2.add(4, 1);
    with2.add(4, 1, -1);
    expect([...with2.scores(3)]).toEqual([...without2.scores(3)]);
  });
});

describe('neighbourProbabilities', () => {
  it('follow the nearest rows and never the row itself', () => {
    const texts = ['red apple pie', 'red apple tart', 'blue whale song', 'blue whale dive', 'red apple cake'];
    const probabilities = neighbourProbabilities(featuresOf(texts), Int32Array.from([0, 0, 1, 1, 1]), 2);
    expect(probabilities[4]![0]).toBeGreaterThan(0.6);
    expect(probabilities[2]![1]).toBeGreaterThan(0.6);
    for (const row of probabilities) expect(row[0]! + row[1]!).toBeCloseTo(1, 10);
  });
});

describe('measureBaselines', () => {
  const rows = Array.from({ length: 300 }, (_, i) =>
    row(`${sentence(i)} ${i % 3 === 0 ? 'refund' : 'hello'}`, i % 3 === 0 ? 'money' : 'other', i),
  );
  const splits = { train: rows.map((_, i) => i).slice(0, 200), validation: rows.map((_, i) => i).slice(200), test: [] };

  it('a keyword tells all where a keyword decides', () => {
    const found = measureBaselines(rows, splits, ['other', 'money'])!;
    expect(found.majority).toEqual({
      label: 'other',
      accuracy: rows.slice(200).filter(({ label }) => label === 'other').length / 100,
    });
    expect(found.keywordRule).toEqual({ accuracy: 1, macroF1: 1 });
    expect(found.naiveBayes.accuracy).toBeGreaterThan(0.95);
  });

  it('no words, no better than the commonest label', () => {
    const blind = rows.map((entry, i) => row(sentence(i), entry.label!, i));
    const found = measureBaselines(blind, splits, ['other', 'money'])!;
    expect(found.keywordRule.accuracy).toBeLessThan(found.majority.accuracy + 0.1);
  });

  it('scores the rows of the split asked for', () => {
    const tested = { ...splits, validation: splits.validation.slice(50), test: splits.validation.slice(0, 30) };
    const found = measureBaselines(rows, tested, ['other', 'money'], 'test')!;
    expect(found).toMatchObject({ split: 'test', rows: 30, keywordRule: { accuracy: 1 } });
    expect(found.majority.accuracy).toBe(rows.slice(200, 230).filter(({ label }) => label === 'other').length / 30);
  });

  it('nothing to score on, nothing said', () => {
    expect(measureBaselines(rows, { ...splits, validation: [] }, ['other', 'money'])).toBeUndefined();
  });
});
