// The examples as trials use them: cut to the plan's length, with the rows of each split.
import type { TrainingSettings } from '@goldilocks/trainer';
import type { ExamplesReference, TrialProcess } from '../workers/operations.js';
import type { Prepared } from './inspect-stage.js';
import { type TokenizedData, tokenize } from './prepare.js';
import { stratifiedSubset } from './subset.js';

export interface TrainingData {
  tokens: TokenizedData;
  train: readonly number[];
  /** What trials are measured on; may be fewer than the split has. */
  validation: readonly number[];
  test: readonly number[];
  supervisedShare: number;
}

/** Validation beyond this many examples tells trials apart hardly better, and costs every measurement time. */
const mostValidation = 400;

export async function trainingData(
  process: () => TrialProcess,
  cache: string,
  prepared: Prepared,
  settings: Pick<TrainingSettings, 'maxLength' | 'lossOn'>,
): Promise<TrainingData> {
  const { data, template, model } = prepared;
  const longest = Math.max(...prepared.tokens.lengths);
  const isSame = settings.maxLength >= longest && settings.lossOn === (data.task === 'text' ? 'all' : 'completion');
  const examples = data.rows.map(({ example }) => example);
  const tokens = isSame ? prepared.tokens : await tokenize(process(), cache, { model, template, settings, examples });
  return {
    tokens,
    train: data.splits.train,
    validation: stratifiedSubset(data.rows, data.splits.validation, mostValidation),
    test: data.splits.test,
    supervisedShare: tokens.supervisedTokens / Math.max(1, tokens.tokens),
  };
}

export function examplesOf({ tokens }: TrainingData, indices: readonly number[]): ExamplesReference {
  return { file: tokens.file, indices };
}

export function tokensOf({ tokens }: TrainingData, indices: readonly number[]): number {
  return indices.reduce((sum, index) => sum + tokens.lengths[index]!, 0);
}
