// Makes the plan: recommended settings, adjusted to the data, with a search space around them and a split budget.
import type { TrainingSettings } from '@goldilocks/trainer';
import { type Adjustment, adjustSettings } from './adjust.js';
import type { DataFacts } from './facts.js';
import { type Hyperparameter, type Parameters, readHyperparameter, writeHyperparameter } from './hyperparameters.js';
import type { PlanInput } from './plan-input.js';
import { type ModelFacts, type Recommendation, recommend } from './recommend.js';
import { buildSearchSpace, type SearchSpace } from './search-space.js';
import type { Similarity } from './similarity.js';
import { type Stage, splitBudget } from './stages.js';
import { guessTaskKind, type TaskKindGuess } from './task-kind.js';
import { checkUserSettings, fixedByUser, mergeUserSettings } from './user-settings.js';
import { warningsOf } from './warnings.js';

export interface Plan {
  model: ModelFacts;
  data: DataFacts;
  taskKind: TaskKindGuess;
  similarity?: Similarity;
  /** The table's values before any adjustment, with their sources. */
  recommendation: Recommendation;
  /** What to train with: recommended, adjusted, and with the person's own values. Trial 0 of the search. */
  settings: TrainingSettings;
  adjustments: Adjustment[];
  fixedByUser: Hyperparameter[];
  searchSpace: SearchSpace;
  stages: Stage[];
  warnings: string[];
}

/** What the settings follow from beside the table. */
interface SettingsInput {
  model: ModelFacts;
  data: Pick<DataFacts, 'task'> & { tokensPerExample: { max: number } };
  seed?: number;
}

/** Room for the longest example, in steps of 32 tokens, up to what the model takes and to 2,048. */
function maxLengthFor(model: ModelFacts, { tokensPerExample }: SettingsInput['data']): number {
  const most = Math.min(model.maxPositions ?? 2048, 2048);
  return Math.min(most, Math.max(64, Math.ceil(tokensPerExample.max / 32) * 32));
}

/** The table's values as training settings. */
export function settingsOf(recommendation: Recommendation, input: SettingsInput): TrainingSettings {
  const method = recommendation.method.value;
  const maxLength = maxLengthFor(input.model, input.data);
  return {
    method,
    learningRate: recommendation.learningRate.value,
    batchSize: recommendation.batchSize.value,
    epochs: recommendation.epochs.value,
    dropout: recommendation.dropout.value,
    weightDecay: recommendation.weightDecay.value,
    schedule: recommendation.schedule.value,
    freezing: {
      layers: recommendation.frozenLayers.value,
      embeddings: method === 'lora' || recommendation.frozenLayers.value > 0,
      unfreeze: 'none',
      layerwiseDecay: 1,
    },
    lora: method === 'lora' ? recommendation.lora.value : undefined,
    seed: input.seed ?? 0,
    maxGradientNorm: 1,
    adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    maxLength,
    microBatchTokens: Math.max(512, maxLength),
    lossOn: input.data.task === 'text' ? 'all' : 'completion',
    evaluationsPerEpoch: 2,
    patience: recommendation.patience.value,
    minImprovement: 0.001,
  };
}

/** About eight measurements a run: enough to see the curve turn, few enough to cost little. */
function evaluationsPerEpoch(epochs: number): number {
  return Math.min(8, Math.max(0.5, Math.round((2 * 8) / epochs) / 2));
}

/**
 * Plans a fine-tuning: recommended settings of the model, adjusted to data and task, with the person's own values over
 * them, the search space around and the budget's stages.
 * @throws UserError where one of the person's settings is outside its range.
 */
export function makePlan(input: PlanInput): Plan {
  const { model, data, similarity } = input;
  const user = input.userSettings ?? {};
  checkUserSettings(user, model.layers);
  const fixed = fixedByUser(user);
  const recommendation = recommend(model, input.method);
  const taskKind = guessTaskKind(data);
  const start = mergeUserSettings(settingsOf(recommendation, input), user);
  const context = { model, data, taskKind, similarity };
  const adjusted = adjustSettings(start, context, fixed);
  const settings = {
    ...adjusted.settings,
    evaluationsPerEpoch: user.evaluationsPerEpoch ?? evaluationsPerEpoch(adjusted.settings.epochs),
  };
  return {
    model,
    data,
    taskKind,
    similarity,
    recommendation,
    settings,
    adjustments: adjusted.adjustments,
    fixedByUser: [...fixed],
    searchSpace: buildSearchSpace(settings, {
      layers: model.layers,
      rows: data.rows,
      fixed,
      trials: input.budget.trials,
    }),
    stages: splitBudget(input.budget, input.secondsPerRun),
    warnings: warningsOf(input, settings),
  };
}

/** The settings of a trial: the plan's, with the searched values in place of its own. */
export function settingsFromParams(plan: Pick<Plan, 'settings' | 'model'>, params: Parameters): TrainingSettings {
  const entries = Object.entries(params) as [Hyperparameter, number | string][];
  const settings = entries.reduce(
    (settings, [name, value]) => writeHyperparameter(settings, name, value, plan.model.layers),
    plan.settings,
  );
  return { ...settings, evaluationsPerEpoch: evaluationsPerEpochFor(plan, settings) };
}

/** A plan's own evaluations per epoch for its own epochs; for another length, the same number over the run. */
function evaluationsPerEpochFor(plan: Pick<Plan, 'settings'>, settings: TrainingSettings): number {
  if (settings.epochs === plan.settings.epochs) return plan.settings.evaluationsPerEpoch;
  const perRun = plan.settings.evaluationsPerEpoch * plan.settings.epochs;
  return Math.max(0.25, Math.round((4 * perRun) / settings.epochs) / 4);
}

/** The searched values of training settings, for the hyperparameters of the space that are not fixed. */
export function paramsFromSettings(plan: Pick<Plan, 'searchSpace' | 'model'>, settings: TrainingSettings): Parameters {
  const params: Parameters = {};
  for (const { name, fixed } of plan.searchSpace.parameters) {
    const value = readHyperparameter(settings, name, plan.model.layers);
    if (!fixed && value !== undefined) params[name] = value;
  }
  return params;
}
