// The metrics a task can be judged by: one row each.
import { bootstrapError, meanAndError } from '../metrics/bootstrap.js';
import { accuracy, macroF1 } from '../metrics/classification.js';
import { chrFOfCounts, exactMatch, gramCounts, rougeL } from '../metrics/text.js';

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
  /** Does what is slow once, and returns the value over any examples; absent where it follows from the loss. */
  prepare?(answers: Answers): Over;
}

/** The value of a metric over the examples of these indices. */
type Over = (indices: readonly number[]) => number;

function labels(score: (given: readonly number[], expected: readonly number[]) => number): Metric['prepare'] {
  return (answers) => {
    if (answers.kind !== 'label') throw new TypeError('This metric is for labels.');
    const { given, expected } = answers;
    return (indices) =>
      score(
        indices.map((i) => given[i]!),
        indices.map((i) => expected[i]!),
      );
  };
}

/** `score` is made once for each pair; `join` puts those of some pairs together. */
function texts<Part>(
  score: (given: string, expected: string) => Part,
  join: (parts: readonly Part[]) => number,
): Metric['prepare'] {
  return (answers) => {
    if (answers.kind !== 'text') throw new TypeError('This metric is for texts.');
    const parts = answers.expected.map((expected, i) => score(answers.given[i]!, expected));
    return (indices) => join(indices.map((i) => parts[i]!));
  };
}

const meanOf = (values: readonly number[]) => meanAndError(values).mean;

/** The first of a task is its usual one. */
export const metrics: readonly Metric[] = [
  {
    name: 'accuracy',
    title: 'accuracy',
    task: 'label',
    higherIsBetter: true,
    percent: true,
    prepare: labels(accuracy),
  },
  { name: 'macroF1', title: 'macro F1', task: 'label', higherIsBetter: true, percent: true, prepare: labels(macroF1) },
  {
    name: 'chrF',
    title: 'chrF',
    task: 'text',
    higherIsBetter: true,
    percent: false,
    prepare: texts(gramCounts, chrFOfCounts),
  },
  {
    name: 'rougeL',
    title: 'ROUGE-L',
    task: 'text',
    higherIsBetter: true,
    percent: true,
    prepare: texts(rougeL, meanOf),
  },
  {
    name: 'exactMatch',
    title: 'exact match',
    task: 'text',
    higherIsBetter: true,
    percent: true,
    prepare: texts(exactMatch, meanOf),
  },
  { name: 'bitsPerByte', title: 'bits per byte', task: 'plain', higherIsBetter: false, percent: false },
];

export function metricsOf(task: TaskType): Metric[] {
  return metrics.filter((metric) => metric.task === task);
}

/** The value over all examples; null where the metric follows from the loss, or there are none. */
export function metricValue(metric: Metric, answers: Answers): number | null {
  const size = answers.expected.length;
  return metric.prepare === undefined || size === 0 ? null : metric.prepare(answers)(range(size));
}

/** Value and bootstrap standard error over all examples. */
export function measureMetric(metric: Metric, answers: Answers): { value: number; standardError: number } | null {
  const size = answers.expected.length;
  if (metric.prepare === undefined || size === 0) return null;
  const over = metric.prepare(answers);
  return { value: over(range(size)), standardError: bootstrapError(size, over) };
}

/** `first − second` on the same examples, with the bootstrap standard error of the difference. */
export function compareMetric(
  metric: Metric,
  first: Answers,
  second: Answers,
): { value: number; standardError: number } | null {
  const size = first.expected.length;
  if (metric.prepare === undefined || size === 0 || second.expected.length !== size) return null;
  const [overFirst, overSecond] = [metric.prepare(first), metric.prepare(second)];
  const difference: Over = (indices) => overFirst(indices) - overSecond(indices);
  return { value: difference(range(size)), standardError: bootstrapError(size, difference) };
}

const range = (size: number) => Array.from({ length: size }, (_, i) => i);

/** Whether an answer is right; null where the task has no right and wrong. */
export function isRight(answers: Answers, index: number): boolean | null {
  if (answers.kind === 'label') return answers.given[index] === answers.expected[index];
  return exactMatch(answers.given[index]!, answers.expected[index]!) === 1;
}
