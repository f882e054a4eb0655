// Measures a model on examples: loss, and the answers that metrics are computed from.
import type { Difference, Estimate, Score } from '@goldilocks/protocol';
import type { InspectedRow } from '../inspect/types.js';
import { meanAndError } from '../metrics/bootstrap.js';
import type { ExamplesReference, ModelReference, TrialProcess } from '../workers/operations.js';
import { type Answers, compareMetric, measureMetric, metricsOf, metricValue } from './metrics.js';
import { answerOf, promptOf, type Task } from './task.js';

/** The examples a model is measured on, as tokens and as rows, in the same order. */
export interface MeasuredSet {
  tokens: ExamplesReference;
  rows: readonly InspectedRow[];
  labels: readonly string[];
}

/** What one model did on a set. */
export interface Measurement {
  loss: number;
  bitsPerByte: number;
  perExample: number[];
  /** Answers to the first rows, as many as were asked for; absent for plain text. */
  answers?: Answers;
}

export interface MeasureOptions {
  /** Most rows to answer by generation, which is slow. Default 64. */
  generated?: number;
  signal?: AbortSignal;
}

/** Loss on every row, labels scored for every row, texts generated for the first ones. */
export async function measure(
  process: TrialProcess,
  model: ModelReference,
  set: MeasuredSet,
  task: Task,
  options: MeasureOptions = {},
): Promise<Measurement> {
  const { loss, bitsPerByte, perExample } = await process.run('evaluateLoss', { model, examples: set.tokens });
  return { loss, bitsPerByte, perExample, answers: await answer(process, model, set, task, options) };
}

/** The model's answers; undefined for plain text, which has none. */
export async function answer(
  process: TrialProcess,
  model: ModelReference,
  set: Omit<MeasuredSet, 'tokens'>,
  task: Task,
  { generated = 64, signal }: MeasureOptions = {},
): Promise<Answers | undefined> {
  const { template } = task;
  if (task.type === 'plain') return undefined;
  if (task.type === 'label') {
    const prompts = set.rows.map(promptOf);
    const { predicted } = await process.run(
      'scoreLabels',
      { model, prompts, template, labels: task.labels },
      { signal },
    );
    return { kind: 'label', given: predicted, expected: set.rows.map(({ label }) => set.labels.indexOf(label!)) };
  }
  const rows = set.rows.slice(0, generated);
  const prompts = rows.map(promptOf);
  const given = await process.run('generate', { model, prompts, template, maxTokens: task.answerTokens }, { signal });
  return { kind: 'text', given, expected: rows.map(answerOf).slice(0, given.length) };
}

const z95 = 1.96;

/** A value with its 95 % interval by the normal approximation. */
export function estimate(value: number, standardError: number | null): Estimate {
  if (standardError === null) return { value, standardError, low: null, high: null };
  return { value, standardError, low: value - z95 * standardError, high: value + z95 * standardError };
}

export function scoreOf(measurement: Measurement, task: Task): Score {
  const { loss, bitsPerByte, perExample, answers } = measurement;
  const others: Record<string, number> = {};
  for (const metric of metricsOf(task.type)) {
    if (metric.name === task.metric.name || answers === undefined) continue;
    const value = metricValue(metric, answers);
    if (value !== null) others[metric.name] = value;
  }
  const measured = answers === undefined ? null : measureMetric(task.metric, answers);
  const metric =
    task.type === 'plain' ? estimate(bitsPerByte, null) : measured && estimate(measured.value, measured.standardError);
  return { metric, loss: estimate(loss, meanAndError(perExample).standardError), bitsPerByte, others };
}

/** `first − second`, paired by example. */
export function differenceOf(first: Measurement, second: Measurement, task: Task): Difference {
  const loss = meanAndError(first.perExample.map((value, i) => value - second.perExample[i]!));
  const both = first.answers !== undefined && second.answers !== undefined;
  const metric = both ? compareMetric(task.metric, first.answers!, second.answers!) : null;
  return {
    metric: metric && estimate(metric.value, metric.standardError),
    loss: estimate(first.loss - second.loss, loss.standardError),
  };
}
