// The metrics a task can be judged by: one row each.
import { bootstrapError, meanAndError } from '../metrics/bootstrap.js';
import { accuracy, macroF1 } from '../metrics/classification.js';
import { corpusChrF, exactMatch, rougeL } from '../metrics/text.js';

export type TaskType = 'label' | 'text' | 'plain';
export type MetricName = 'accuracy' | 'macroF1' | 'chrF' | 'rougeL' | 'exactMatch' | 'bitsPerByte';

/** Answers of a model and what was expected, for the same examples. Labels are numbers, texts strings. */
export type Answers =
  | { kind: 'label'; given: readonly number[]; expected: readonly number[] }
  | { kind: 'text'; given: readonly string[]; expected: readonly string[] };

export interface Metric {
  name: MetricName;
  title: string;
  task: TaskType;
  higherIsBetter: boolean;
  /** Whether values are shares, to show in percent. */
  percent: boolean;
  /** The value over the examples of these indices; absent where it follows from the loss. */
  over?(answers: Answers, indices: readonly number[]): number;
}

function labels(score: (given: readonly number[], expected: readonly number[]) => number): Metric['over'] {
  return (answers, indices) => {
    if (answers.kind !== 'label') throw new TypeError('This metric is for labels.');
    const { given, expected } = answers;
    return score(
      indices.map((i) => given[i]!),
      indices.map((i) => expected[i]!),
    );
  };
}

function meanOfTexts(score: (given: string, expected: string) => number): Metric['over'] {
  return (answers, indices) => {
    if (answers.kind !== 'text') throw new TypeError('This metric is for texts.');
    const { given, expected } = answers;
    return meanAndError(indices.map((i) => score(given[i]!, expected[i]!))).mean;
  };
}

/** The first of a task is its usual one. */
export const metrics: readonly Metric[] = [
  { name: 'accuracy', title: 'accuracy', task: 'label', higherIsBetter: true, percent: true, over: labels(accuracy) },
  { name: 'macroF1', title: 'macro F1', task: 'label', higherIsBetter: true, percent: true, over: labels(macroF1) },
  {
    name: 'chrF',
    title: 'chrF',
    task: 'text',
    higherIsBetter: true,
    percent: false,
    over(answers, indices) {
      if (answers.kind !== 'text') throw new TypeError('This metric is for texts.');
      const { given, expected } = answers;
      return corpusChrF(
        indices.map((i) => given[i]!),
        indices.map((i) => expected[i]!),
      );
    },
  },
  { name: 'rougeL', title: 'ROUGE-L', task: 'text', higherIsBetter: true, percent: true, over: meanOfTexts(rougeL) },
  {
    name: 'exactMatch',
    title: 'exact match',
    task: 'text',
    higherIsBetter: true,
    percent: true,
    over: meanOfTexts(exactMatch),
  },
  { name: 'bitsPerByte', title: 'bits per byte', task: 'plain', higherIsBetter: false, percent: false },
];

export function metricsOf(task: TaskType): Metric[] {
  return metrics.filter((metric) => metric.task === task);
}

/** Value and bootstrap standard error over all examples. */
export function measureMetric(metric: Metric, answers: Answers): { value: number; standardError: number } | null {
  const { over } = metric;
  const size = answers.expected.length;
  if (over === undefined || size === 0) return null;
  const all = Array.from({ length: size }, (_, i) => i);
  return { value: over(answers, all), standardError: bootstrapError(size, (indices) => over(answers, indices)) };
}

/** `first − second` on the same examples, with the bootstrap standard error of the difference. */
export function compareMetric(
  metric: Metric,
  first: Answers,
  second: Answers,
): { value: number; standardError: number } | null {
  const { over } = metric;
  const size = first.expected.length;
  if (over === undefined || size === 0 || second.expected.length !== size) return null;
  const difference = (indices: readonly number[]) => over(first, indices) - over(second, indices);
  const all = Array.from({ length: size }, (_, i) => i);
  return { value: difference(all), standardError: bootstrapError(size, difference) };
}

/** Whether an answer is right; null where the task has no right and wrong. */
export function isRight(answers: Answers, index: number): boolean | null {
  if (answers.kind === 'label') return answers.given[index] === answers.expected[index];
  return exactMatch(answers.given[index]!, answers.expected[index]!) === 1;
}
