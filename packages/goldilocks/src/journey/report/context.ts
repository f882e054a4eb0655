// What a report says about data, task, plan, cost, and how to reproduce it.
import { cpus } from 'node:os';
import type {
  Adjustment,
  Baseline,
  BeforeAfter,
  Cost,
  ReportData,
  ReportTrial,
  Retention,
  Source,
  Stage,
  Task,
} from '@goldilocks/protocol';
import { stages } from '@goldilocks/protocol';
import { estimate } from '../../evaluate/measure.js';
import { type Answers, isRight } from '../../evaluate/metrics.js';
import { answerOf } from '../../evaluate/task.js';
import { measureBaselines } from '../../inspect/baselines.js';
import type { InspectedData, InspectedRow } from '../../inspect/types.js';
import type { Plan } from '../../plan/plan.js';
import { excerpt, stripControl } from '../../terminal/strip-control.js';
import type { Prepared } from '../inspect-stage.js';
import { describeObjective } from '../objective.js';
import { budgetOf } from '../options.js';
import type { JourneyRecord } from '../record.js';
import type { TestResult } from '../test-stage.js';
import type { TrainingData } from '../training-data.js';
import { shownValue } from './params.js';

export function reportData({ data }: Prepared, { tokens }: TrainingData): ReportData {
  const { statistics, splits, problems } = data;
  const lengths = [...tokens.lengths].sort((a, b) => a - b);
  return {
    file: data.source,
    hash: data.dataHash,
    rows: statistics.rows + statistics.unreadableRows + statistics.emptyRows,
    usable: data.rows.length,
    splits: { train: splits.train.length, validation: splits.validation.length, test: splits.test.length },
    guess: data.guess,
    problems: problems.map(({ kind, count, message, advice }) => ({ kind, count, sentence: `${message} ${advice}` })),
    tokens: {
      median: lengths[Math.floor(lengths.length / 2)] ?? 0,
      longest: lengths.at(-1) ?? 0,
      truncatedExamples: tokens.truncatedExamples,
    },
  };
}

export function reportTask({ task, data, objective }: Prepared): Task {
  const { name, title, higherIsBetter, percent } = task.metric;
  return {
    kind: task.type === 'label' ? 'label' : 'text',
    sentence: taskSentence(task.type, data),
    labels: data.labels ?? [],
    metric: { name, title, higherIsBetter, percent },
    objective: describeObjective(objective),
  };
}

function taskSentence(type: Prepared['task']['type'], data: InspectedData): string {
  if (type === 'label') return `Choose one of ${data.labels?.length ?? 0} labels for a text.`;
  return type === 'text' ? 'Answer a prompt with a text.' : 'Continue plain text.';
}

/** Simple rules that need no language model, scored on the test examples that the models are scored on (`tested`: their rows). */
export function reportBaselines({ data, task }: Prepared, tested: readonly number[]): Baseline[] {
  if (data.labels === undefined || task.metric.name !== 'accuracy') return [];
  const baselines = measureBaselines(data.rows, { ...data.splits, test: [...tested] }, data.labels, 'test');
  if (baselines === undefined) return [];
  const note = `on the same ${baselines.rows} test examples`;
  const row = (name: string, title: string, accuracy: number, what: string): Baseline => {
    return {
      name,
      title,
      metric: estimate(accuracy, Math.sqrt((accuracy * (1 - accuracy)) / baselines.rows)),
      note: `${what}; ${note}.`,
    };
  };
  return [
    row(
      'majority',
      'commonest label',
      baselines.majority.accuracy,
      `Always answers «${excerpt(baselines.majority.label)}»`,
    ),
    row('keyword-rule', 'keyword rule', baselines.keywordRule.accuracy, 'If the text has this word, then that label'),
    row('naive-bayes', 'naive Bayes', baselines.naiveBayes.accuracy, 'Counts which words go with which label'),
  ];
}

export function reportAdjustments(plan: Plan): Adjustment[] {
  return plan.adjustments.map(({ hyperparameter, from, to, because, source, evidence }) => ({
    name: hyperparameter,
    from: shownValue(plan, hyperparameter, from),
    to: shownValue(plan, hyperparameter, to),
    sentence: because,
    source: sourceOf(source),
    priorOnly: evidence === 'prior',
  }));
}

/** A source with the address of the first paper it names. */
export function sourceOf(text: string): Source | null {
  if (text === '') return null;
  const paper = /\b\d{4}\.\d{4,5}\b/.exec(text)?.[0];
  return { title: text, url: paper === undefined ? null : `https://arxiv.org/abs/${paper}` };
}

export function reportRetention({ retention }: TestResult): Retention | null {
  if (retention === undefined) return null;
  const { before, after, origin } = retention;
  const changePercent = (100 * (after.loss - before.loss)) / before.loss;
  const size = `${Math.abs(changePercent).toFixed(1)} %`;
  const sentence =
    changePercent > 1
      ? `The loss on ${origin} rose by ${size}: some of the base skill is forgotten.`
      : `The loss on ${origin} ${changePercent >= 0 ? 'rose' : 'fell'} by ${size}: the base skill is kept.`;
  const pair = ({ loss, bitsPerByte }: NonNullable<TestResult['retention']>['before']) => ({ loss, bitsPerByte });
  return { text: origin, before: pair(before), after: pair(after), changePercent, sentence };
}

/** Examples shown: those that changed for the better first, but also one that is still wrong, if there is one. */
const shown = 4;

export function beforeAndAfter(
  rows: readonly InspectedRow[],
  labels: readonly string[],
  test: TestResult,
): BeforeAfter[] {
  const { base, found } = { base: test.base.answers, found: test.found.answers };
  if (base === undefined || found === undefined) return [];
  const all = found.expected.map((_, i) => example(rows[i]!, labels, base, found, i));
  const better = all.filter((each) => each.tunedCorrect && !each.baseCorrect);
  const wrong = all.filter((each) => each.tunedCorrect === false);
  const rest = all.filter((each) => each.tunedCorrect && each.baseCorrect);
  const first = better.slice(0, shown - 1);
  return [...first, ...wrong.slice(0, shown - first.length), ...rest, ...better.slice(shown - 1)].slice(0, shown);
}

function example(row: InspectedRow, labels: readonly string[], base: Answers, tuned: Answers, i: number): BeforeAfter {
  const said = (answers: Answers) => (answers.kind === 'label' ? (labels[answers.given[i]!] ?? '') : answers.given[i]!);
  return {
    prompt: stripControl(row.text),
    expected: stripControl(row.label ?? answerOf(row)),
    base: stripControl(said(base)),
    tuned: stripControl(said(tuned)),
    baseCorrect: isRight(base, i),
    tunedCorrect: isRight(tuned, i),
  };
}

export function reportCost(record: JourneyRecord, trials: readonly ReportTrial[]): Cost {
  const { minutes, trials: most } = budgetOf(record.settings);
  const count = (state: ReportTrial['state']) => trials.filter((trial) => trial.state === state).length;
  const [cpu] = cpus();
  return {
    stages: stages
      .filter((stage) => record.stageSeconds[stage] !== undefined)
      .map((stage: Stage) => ({ stage, seconds: record.stageSeconds[stage]! })),
    seconds: record.spentSeconds,
    tokens: record.tokens,
    trials: { complete: count('complete'), pruned: count('pruned'), paused: count('paused'), failed: count('failed') },
    peakMemoryBytes: record.peakMemoryBytes,
    budget: { seconds: minutes === undefined ? null : 60 * minutes, trials: most ?? null },
    machine: cpu === undefined ? 'unknown processor' : `${cpu.model.trim()}, ${cpus().length} cores`,
  };
}
