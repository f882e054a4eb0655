// Data and model made ready for one run, without a study: inspected, tokenized, with the plan's settings.

import type { TrainingSettings } from '@goldilocks/trainer';
import { metricFor, taskTypeOf } from '../evaluate/task.js';
import { dataFacts } from '../journey/facts.js';
import { answerTokens, checkSplits, labelCompletions, type Prepared } from '../journey/inspect-stage.js';
import type { DataOptions, ModelOptions } from '../journey/options.js';
import { inspectOptionsOf, lengthLimit, openModelFor, templateFor, tokenize } from '../journey/prepare.js';
import { measureSimilarity } from '../journey/similarity-stage.js';
import { type TrainingData, trainingData } from '../journey/training-data.js';
import { makePlan, type Plan } from '../plan/plan.js';
import type { Budget } from '../plan/stages.js';
import type { UserSettings } from '../plan/user-settings.js';
import type { Workplace } from '../use/workplace.js';

export interface PrepareRunOptions extends DataOptions, ModelOptions {
  budget?: Budget;
  method?: 'lora' | 'full';
  seed?: number;
  /** Hyperparameters fixed by the person. */
  settings?: UserSettings;
  signal?: AbortSignal;
  /** Told what is being done. */
  tell?(text: string): void;
}

export interface PreparedRun {
  prepared: Prepared;
  plan: Plan;
  /** The plan's settings without what the person fixed. */
  recommended: TrainingSettings;
  data: TrainingData;
}

/** @throws UserError where the data, the model or a setting cannot be used */
export async function prepareRun({ process, cache }: Workplace, options: PrepareRunOptions): Promise<PreparedRun> {
  const prepared = await prepareData({ process, cache }, options);
  const { model, data, tokens, template } = prepared;
  options.tell?.('measuring how well the base model knows texts like these');
  const similarity = await measureSimilarity({ process, cache, model, data, tokens, template });
  const { budget = {}, method, seed, settings } = options;
  const input = { model, data: dataFacts(data, tokens), similarity, budget, method, seed };
  const plan = makePlan({ ...input, userSettings: settings });
  const recommended = settings === undefined ? plan.settings : makePlan(input).settings;
  return { prepared, plan, recommended, data: await trainingData(() => process, cache, prepared, plan.settings) };
}

/** Inspects and tokenizes only. */
export async function prepareData({ process, cache }: Workplace, options: PrepareRunOptions): Promise<Prepared> {
  const { data: path, signal } = options;
  const model = await openModelFor(process, cache, options);
  options.tell?.(`inspecting ${path}`);
  const input = { path, model: model.directory, options: inspectOptionsOf(options, model) };
  const data = await process.run('inspect', input, { signal });
  checkSplits(data);
  const template = templateFor(model, data, options.template);
  const lossOn = data.task === 'text' ? ('all' as const) : ('completion' as const);
  const settings = { maxLength: lengthLimit(model), lossOn };
  const examples = data.rows.map(({ example }) => example);
  const tokens = await tokenize(process, cache, { model, template, settings, examples });
  const type = taskTypeOf(data);
  const labels = data.labels === undefined ? [] : labelCompletions(data);
  const task = { type, labels, metric: metricFor(type), template, answerTokens: answerTokens(data, tokens) };
  return { model, data, tokens, template, task, objective: undefined };
}
