// What the search makes small: the validation loss, or the shortfall of a metric; with what is forgotten, if asked for.
import type { Task as ReportTask } from '@goldilocks/protocol';
import type { Evaluation } from '@goldilocks/trainer';
import { answer, type MeasuredSet } from '../evaluate/measure.js';
import { type Answers, isRight, type Metric, metricValue } from '../evaluate/metrics.js';
import type { Task } from '../evaluate/task.js';
import { chrF, rougeL } from '../metrics/text.js';
import type { ObjectiveValue, TrialSetting } from '../search/run-trial.js';
import { tuned } from '../search/run-trial.js';
import type { TrialProcess } from '../workers/operations.js';
import { lossOnReference, type Retention } from './retention.js';

export interface ObjectiveInput {
  task: Task;
  /** Absent or `loss`: the validation loss. */
  metric: Metric | undefined;
  validation: Omit<MeasuredSet, 'tokens'>;
  retention?: Retention;
}

/** How the objective is named in the study and the report. */
export function describeObjective(metric: Metric | undefined): ReportTask['objective'] {
  if (metric === undefined) return { name: 'validation_loss', title: 'validation loss', direction: 'minimize' };
  const best = metric.percent ? '1' : '100';
  return { name: `${best}-${metric.name}`, title: `${best} − ${metric.title} on validation`, direction: 'minimize' };
}

/** The score function of trials; undefined where the validation loss itself is the objective. */
export function objectiveScore(input: ObjectiveInput): TrialSetting['score'] {
  const { metric, retention } = input;
  const isPriced = retention?.limit !== undefined;
  if (metric === undefined && !isPriced) return undefined;
  return async (process, best) => {
    const scored = metric === undefined ? lossOf(best) : await shortfall(process, input, metric);
    return isPriced ? addForgetting(process, scored, retention) : scored;
  };
}

function lossOf({ loss, perExample }: Evaluation): ObjectiveValue {
  return { value: loss, perExample };
}

async function shortfall(process: TrialProcess, input: ObjectiveInput, metric: Metric): Promise<ObjectiveValue> {
  const answers = await answer(process, { kind: 'kept', name: tuned }, input.validation, input.task);
  const measured = answers && metricValue(metric, answers);
  if (answers === undefined || measured == null)
    throw new TypeError(`${metric.name} has no answers to be measured on.`);
  const whole = metric.percent ? 1 : 100;
  return {
    value: whole - measured,
    perExample: answers.expected.map((_, i) => whole - partOf(metric, answers, i)),
  };
}

/** One example's part of a metric; for those of a whole set (macro F1), of the nearest one that examples have. */
function partOf(metric: Metric, answers: Answers, index: number): number {
  if (answers.kind === 'text' && metric.name === 'chrF') return chrF(answers.given[index]!, answers.expected[index]!);
  if (answers.kind === 'text' && metric.name === 'rougeL')
    return rougeL(answers.given[index]!, answers.expected[index]!);
  return isRight(answers, index) ? 1 : 0;
}

/** Adds, nat for nat, the rise of the reference loss beyond the limit. */
async function addForgetting(
  process: TrialProcess,
  scored: ObjectiveValue,
  retention: Retention,
): Promise<ObjectiveValue> {
  const loss = await lossOnReference(process, retention);
  const price = Math.max(0, loss - retention.baseLoss - (retention.limit ?? 0));
  return {
    value: scored.value + price,
    perExample: scored.perExample.map((part) => part + price),
    referenceLoss: loss,
  };
}
