// Stage 1: the model is opened, the data are inspected, and every row becomes tokens.
import { UserError } from '../errors.js';
import type { Metric } from '../evaluate/metrics.js';
import { metricFor, type Task, taskTypeOf } from '../evaluate/task.js';
import type { InspectedData } from '../inspect/types.js';
import type { ModelDescription, Template } from '../workers/operations.js';
import { type JourneyContext, runStage, tell } from './context.js';
import { lengthStats } from './facts.js';
import { inspectOptionsOf, lengthLimit, openModelFor, type TokenizedData, templateFor, tokenize } from './prepare.js';

export interface Prepared {
  model: ModelDescription;
  data: InspectedData;
  /** Every row at its full length, or at the model's longest. */
  tokens: TokenizedData;
  template: Template;
  task: Task;
  /** The metric that the search improves; undefined for the validation loss. */
  objective: Metric | undefined;
}

export function inspectStage(context: JourneyContext): Promise<Prepared> {
  return runStage(context, 'inspect', async () => {
    const prepared = await prepare(context);
    const { rows, splits, problems } = prepared.data;
    const parts = `${splits.train.length} to train, ${splits.validation.length} to validate, ${splits.test.length} to test`;
    const found =
      problems.length === 0 ? 'no problems' : `${problems.length} ${problems.length === 1 ? 'remark' : 'remarks'}`;
    return { result: prepared, summary: `${rows.length} rows: ${parts}; ${found}. ${prepared.data.guess}` };
  });
}

/** Opens model and data, and refuses others than those that the record names. */
export async function prepare(context: JourneyContext): Promise<Prepared> {
  const { record } = context;
  const { settings } = record;
  const process = context.preparation();
  const model = await openModelFor(process, context.state.cache, settings);
  const options = inspectOptionsOf(settings, model);
  const data = await process.run('inspect', { path: settings.data, model: model.directory, options });
  checkUnchanged(context, model, data);
  for (const { severity, message, advice } of data.problems) {
    if (severity !== 'note') tell(context, `${message} ${advice}`, 'warning');
  }
  checkSplits(data);
  const template = templateFor(model, data, settings.template);
  const lossOn = data.task === 'text' ? ('all' as const) : ('completion' as const);
  const tokens = await tokenize(process, context.state.cache, {
    model,
    template,
    settings: { maxLength: lengthLimit(model), lossOn },
    examples: data.rows.map(({ example }) => example),
  });
  const type = taskTypeOf(data);
  const metric = metricFor(type, settings.metric);
  const objective = settings.metric === undefined || settings.metric === 'loss' ? undefined : metric;
  const labels = data.labels === undefined ? [] : labelCompletions(data);
  const task: Task = { type, labels, metric, template, answerTokens: answerTokens(data, tokens) };
  return { model, data, tokens, template, task, objective };
}

/** A study goes on only with the data and the model it began with. */
function checkUnchanged({ record }: JourneyContext, model: ModelDescription, data: InspectedData): void {
  const again = 'Start a new study with: goldilocks run';
  if (record.dataHash !== undefined && record.dataHash !== data.dataHash) {
    throw new UserError(`The data in ${data.source} have changed since the study «${record.study}» began. ${again}.`);
  }
  if (record.model !== undefined && record.model.hash !== model.hash) {
    throw new UserError(`The model ${model.name} has changed since the study «${record.study}» began. ${again}.`);
  }
  record.dataHash = data.dataHash;
  record.model = model;
}

export function checkSplits({ source, splits }: InspectedData): void {
  for (const split of ['validation', 'test'] as const) {
    if (splits[split].length > 0) continue;
    throw new UserError(
      `${source} leaves no rows for ${split}. Give more rows, or larger shares with --validation-share and --test-share.`,
    );
  }
}

/** A label stands in the data as the completion of its rows. */
export function labelCompletions({ rows, labels = [] }: InspectedData): string[] {
  return labels.map((label) => rows.find((row) => row.label === label)?.target ?? label);
}

/** Room for nearly every answer, and its end. */
export function answerTokens({ splits }: InspectedData, tokens: TokenizedData): number {
  const { p95 } = lengthStats(splits.train.map((index) => tokens.supervisedLengths[index]!));
  return Math.min(256, Math.max(8, Math.ceil(1.25 * p95) + 2));
}
