// What can be had without a language model: the commonest label, a keyword rule, naive Bayes. If they do as well as the
// tuned model, fine-tuning is not worth its cost.
import { featuresOf } from './classifiers/features.js';
import { learnKeywordRule } from './classifiers/keyword-rule.js';
import { indexOfMax, NaiveBayes } from './classifiers/naive-bayes.js';
import { labelScores } from './classifiers/scores.js';
import type { Splits } from './splits.js';
import type { Baselines, InspectedRow } from './types.js';

const maxTraining = 20_000;
const maxJudged = 5_000;
const maxClasses = 1000;

/** Learnt on training rows, scored on those of `split`; undefined without any of either. */
export function measureBaselines(
  rows: readonly InspectedRow[],
  splits: Splits,
  labels: readonly string[],
  split: Baselines['split'] = 'validation',
): Baselines | undefined {
  const training = splits.train.slice(0, maxTraining);
  const judged = splits[split].slice(0, maxJudged);
  if (training.length === 0 || judged.length === 0 || labels.length > maxClasses) return undefined;
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const used = [...training, ...judged];
  const given = Int32Array.from(used, (index) => numbers.get(rows[index]!.label ?? '') ?? 0);
  const features = featuresOf(used.map((index) => rows[index]!.text));
  const [learn, judge] = [range(0, training.length), range(training.length, used.length)];
  const truth = judge.map((row) => given[row]!);
  const counts = new Int32Array(labels.length);
  for (const row of learn) counts[given[row]!]! += 1;
  const commonest = indexOfMax(counts);
  const bayes = new NaiveBayes(features, labels.length);
  for (const row of learn) bayes.add(row, given[row]!);
  const rule = learnKeywordRule(features, learn, given, labels.length);
  const score = (guess: (row: number) => number) => labelScores(truth, judge.map(guess), labels.length);
  return {
    split,
    rows: judge.length,
    majority: { label: labels[commonest]!, accuracy: score(() => commonest).accuracy },
    keywordRule: score((row) => rule(features.rows[row]!)),
    naiveBayes: score((row) => indexOfMax(bayes.scores(row))),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
