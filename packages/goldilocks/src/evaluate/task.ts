// The task as evaluation sees it: which examples, which answers, which metric.
import type { Example } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import type { InspectedData, InspectedRow } from '../inspect/types.js';
import type { Template } from '../workers/operations.js';
import { type Metric, type MetricName, metricsOf, type TaskType } from './metrics.js';

export interface Task {
  type: TaskType;
  /** Label tasks only: the completions that stand for the labels, in the order of `InspectedData.labels`. */
  labels: string[];
  metric: Metric;
  template: Template;
  /** Most tokens an answer may take. */
  answerTokens: number;
}

export function taskTypeOf(data: Pick<InspectedData, 'task'>): TaskType {
  if (data.task === 'classification') return 'label';
  return data.task === 'generation' ? 'text' : 'plain';
}

/** The metric asked for, or the task's usual one. Throws UserError where it does not fit the task. */
export function metricFor(type: TaskType, name?: MetricName | 'loss'): Metric {
  const fitting = metricsOf(type);
  if (name === undefined || name === 'loss') return fitting[0]!;
  const metric = fitting.find((candidate) => candidate.name === name);
  if (metric !== undefined) return metric;
  const known = ['loss', ...fitting.map((candidate) => candidate.name)].join(', ');
  throw new UserError(
    `The metric «${name}» does not fit this task, which is judged by ${known}. Choose one with --metric.`,
  );
}

/** What the model is given: the example without its answer. */
export function promptOf(row: Pick<InspectedRow, 'example'>): Example {
  const { example } = row;
  if ('prompt' in example) return { prompt: example.prompt, completion: '' };
  const last = example.messages.findLastIndex(({ role }) => role === 'assistant');
  return { messages: example.messages.slice(0, last) };
}

/** What it should answer, as the data have it. */
export function answerOf(row: Pick<InspectedRow, 'example'>): string {
  const { example } = row;
  if ('prompt' in example) return example.completion;
  return example.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
}
