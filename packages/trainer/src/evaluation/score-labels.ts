// Classification by likelihood: which of the labels is the likeliest completion of a prompt.
import { type Example, promptOf } from '../data/example.js';
import { tokenizePrompt } from '../data/tokenize.js';
import type { Model } from '../models/model.js';
import { scoreClasses } from './score-classes.js';
import { type LabelScores, type ScoreOptions, scoreLabelTokens } from './score-label-tokens.js';

export interface ScoreLabelsOptions extends ScoreOptions {
  /** Longest prompt in tokens, the labels not counted; default: what the model attends to. */
  maxLength?: number;
  template?: 'plain' | 'chat';
}

/**
 * Probability of each label as the completion of each prompt, its end token included, normalised over the labels.
 * @param prompts examples whose completion is not looked at
 * @throws RangeError without labels or prompts that have a token
 */
export async function scoreLabels(
  model: Model,
  prompts: readonly Example[],
  labels: readonly string[],
  { maxLength, template = 'plain', ...options }: ScoreLabelsOptions = {},
): Promise<LabelScores> {
  const { tokenizer, config } = model.base;
  if (labels.length === 0) throw new RangeError('There are no labels to choose from.');
  if (config.labels) return scoreClasses(model, prompts, labels, { maxLength, ...options });
  const end = tokenizer.eosTokenId === undefined ? [] : [tokenizer.eosTokenId];
  const labelIds = labels.map((label) =>
    Int32Array.from([...tokenizer.encode(label, { addSpecialTokens: false }), ...end]),
  );
  const longest = Math.max(...labelIds.map((ids) => ids.length));
  const room = Math.min(maxLength ?? config.maxPositions, config.maxPositions - longest);
  const promptIds = prompts.map((prompt) => tokenizePrompt(promptOf(prompt), tokenizer, { maxLength: room, template }));
  const empty = promptIds.findIndex((ids) => ids.length === 0);
  if (empty >= 0) throw new RangeError(`Prompt ${empty + 1} is empty: there is nothing to predict a label from.`);
  return scoreLabelTokens(model, promptIds, labelIds, options);
}
