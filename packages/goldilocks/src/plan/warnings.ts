// What the person should know before the plan is carried out.
import type { TrainingSettings } from '@goldilocks/trainer';
import type { PlanInput } from './plan-input.js';

type Warning = (input: PlanInput, settings: TrainingSettings) => string | undefined;

const fewRows: Warning = ({ data }) =>
  data.rows < 50
    ? `${data.rows} training examples are very few: expect the model to learn the form of the answers rather than the task. A few hundred are a good start.`
    : undefined;

const newDirection: Warning = ({ similarity, data }) =>
  similarity?.verdict === 'new direction' && data.rows < 500
    ? `The task is a new direction for this model, and ${data.rows} examples are few for that: a base model closer to the task, or more data, would help most.`
    : undefined;

const fewValidationRows: Warning = ({ data }) =>
  data.validationRows !== undefined && data.validationRows < 50
    ? `${data.validationRows} validation examples tell only large differences apart: small ones will be called noise.`
    : undefined;

const cutExamples: Warning = ({ data }, settings) =>
  data.tokensPerExample.max > settings.maxLength
    ? `The longest example has ${data.tokensPerExample.max} tokens and will be cut to ${settings.maxLength}: prompts lose their beginning.`
    : undefined;

const fewTrials: Warning = ({ budget }) =>
  budget.trials !== undefined && budget.trials < 5
    ? `${budget.trials} trials hardly explore: most hyperparameters will be reported as not tested.`
    : undefined;

const largeBatch: Warning = ({ data }, settings) => {
  const steps = Math.floor((data.rows * settings.epochs) / settings.batchSize);
  return steps < 20
    ? `Only ${steps} updates of the weights: a smaller batch or more epochs would let the model learn more.`
    : undefined;
};

/** SGD's step has the gradient's size, Lion's is a fixed one (2302.06675: a third to a tenth of AdamW's rate). */
const ratesOfOthers: Warning = ({ userSettings }, { optimizer, learningRate }) => {
  const isOwn = userSettings?.learningRate !== undefined;
  if (isOwn || (optimizer?.name !== 'sgd' && optimizer?.name !== 'lion')) return undefined;
  const usual = optimizer.name === 'lion' ? ' Lion wants three to ten times less.' : '';
  return `The learning rate ${learningRate} is recommended for AdamW, not for ${optimizer.name}: give your own with --learning-rate.${usual}`;
};

/**
 * Muon's five iterations on a matrix [m, n] take 5·(4m²n + 2m³) operations, about 25·m for each number; forward and backward take 6 for each
 * number and token: so one update costs what about 4·m tokens cost.
 */
const costOfMuon: Warning = ({ data, model }, { method, optimizer, batchSize }) => {
  const [update, step] = [4 * model.hiddenSize, batchSize * data.tokensPerExample.mean].map(Math.round) as [
    number,
    number,
  ];
  if (method !== 'full' || optimizer?.name !== 'muon' || update < step) return undefined;
  return `Each update by Muon costs about as much as training on ${update} tokens, and a batch has ${step}: a step takes ${Math.round(update / step) + 1} times as long as with AdamW. A larger batch or LoRA makes that less.`;
};

const all: Warning[] = [
  fewRows,
  newDirection,
  fewValidationRows,
  cutExamples,
  fewTrials,
  largeBatch,
  ratesOfOthers,
  costOfMuon,
];

/** Warnings in whole sentences; none for an ordinary plan. */
export function warningsOf(input: PlanInput, settings: TrainingSettings): string[] {
  return all.map((warning) => warning(input, settings)).filter((text) => text !== undefined);
}
