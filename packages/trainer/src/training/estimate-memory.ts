// How much memory a training process will need, from shapes alone.
import { roundUp } from '../data/batches.js';
import type { BaseModel } from '../models/base-model.js';
import type { TrainingSettings } from '../settings.js';
import { trainableTensors } from './trainable.js';

const bytesPerNumber = 4;
/** Node, the runtime's library, tokenizer and data. */
const processBytes = 170e6;
/** Value, two moments, and the gradient as the runtime hands it over. */
const copiesOfTrainable = 4;
/** Arrays of the residual width, of the MLP's, and of the attention's that a layer keeps for its backward pass, and its gradients' passing. */
const residualArrays = 14;
const mlpArrays = 6;
const attentionArrays = 3;
/** Logits, exponentials, their gradient and what lies between. */
const logitArrays = 5;
const commonRow = 128;

/** Peak resident memory of a training process in bytes; an estimate that the pilot's measurement replaces. */
export function estimateMemory(base: BaseModel, settings: TrainingSettings): number {
  const { config, parameters } = base;
  const trainable = trainableTensors(settings, base, settings.freezing.layers).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );
  const tokens = Math.max(settings.microBatchTokens, Math.min(settings.maxLength, config.maxPositions));
  const row = Math.min(tokens, Math.max(commonRow, roundUp(Math.min(settings.maxLength, config.maxPositions), 8)));
  const layers = config.layers - settings.freezing.layers;
  const layerNumbers =
    tokens * (residualArrays * config.hiddenSize + mlpArrays * config.intermediateSize) +
    attentionArrays * tokens * row * config.heads;
  const supervised = settings.lossOn === 'all' ? tokens : tokens / 4;
  const numbers =
    copiesOfTrainable * trainable +
    (parameters - (settings.method === 'full' ? trainable : 0)) +
    layers * layerNumbers +
    logitArrays * supervised * config.vocabSize;
  return processBytes + bytesPerNumber * numbers;
}
