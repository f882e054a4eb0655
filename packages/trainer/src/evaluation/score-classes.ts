// Classification by an encoder: the probability of each class.
import { type MicroBatch, makeMicroBatches } from '../data/batches.js';
import type { Example } from '../data/example.js';
import { textOf, tokenizeWhole } from '../data/tokenize-labelled.js';
import { DataError } from '../errors.js';
import type { Model } from '../models/model.js';
import { withRunner } from '../running/with-runner.js';
import type { LabelScores, ScoreOptions } from './score-label-tokens.js';

/**
 * Probability of each label for each text, normalised over the labels.
 * @param labels some of the model's classes
 * @throws DataError where one is none of them, or a text is a conversation
 */
export async function scoreClasses(
  model: Model,
  texts: readonly Example[],
  labels: readonly string[],
  { maxLength, tokenBudget = 1024, device = 'cpu', onProgress }: ScoreOptions & { maxLength?: number } = {},
): Promise<LabelScores> {
  const { config, tokenizer } = model.base;
  const classes = labels.map((label) => classOf(label, config.labels ?? []));
  const length = Math.min(maxLength ?? config.maxPositions, config.maxPositions);
  const examples = texts.map((text, index) => ({ index, example: withoutClass(textOf(text), tokenizer, length) }));
  const scores: LabelScores = { predicted: [], probabilities: [] };
  let done = 0;
  await withRunner(model, device, async (runner) => {
    for (const batch of makeMicroBatches(examples, tokenBudget, 1, runner.task)) {
      const { losses } = await runner.run(forEachClass(batch, classes));
      batch.targetExamples.forEach((text, i) => {
        const probabilities = normalized(losses!.subarray(i * classes.length, (i + 1) * classes.length));
        scores.probabilities[text] = probabilities;
        scores.predicted[text] = probabilities.indexOf(Math.max(...probabilities));
      });
      onProgress?.((done += batch.targetExamples.length));
    }
  });
  return scores;
}

function classOf(label: string, classes: readonly string[]): number {
  const number = classes.findIndex((each) => each.trim() === label.trim());
  if (number >= 0) return number;
  throw new DataError(`The label «${label}» is none of the model's: ${classes.slice(0, 10).join(', ')}.`);
}

function withoutClass(text: string, tokenizer: Model['base']['tokenizer'], maxLength: number) {
  const { ids, truncatedTokens } = tokenizeWhole(text, tokenizer, maxLength);
  const withPlace = Int32Array.from([...ids, 0]);
  return { ids: withPlace, supervised: new Uint8Array(withPlace.length), supervisedBytes: 0, truncatedTokens };
}

/** Each text's prediction is measured against every class in turn. */
function forEachClass(batch: MicroBatch, classes: readonly number[]): MicroBatch {
  const targets = batch.targets.flatMap((target) => classes.map((label) => ({ ...target, label })));
  return { ...batch, targets, shape: { ...batch.shape, predictions: targets.length } };
}

/** Probabilities from −log of those among all classes. */
function normalized(losses: Float32Array): Float32Array {
  const lowest = Math.min(...losses);
  const weights = Array.from(losses, (loss) => Math.exp(lowest - loss));
  const total = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (weight) => weight / total);
}
