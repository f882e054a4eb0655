// Measures, before any training, how well the base model knows texts like these.
import type { Example } from '@goldilocks/trainer';
import { type ReferenceText, referenceText } from '../evaluate/reference-text.js';
import type { InspectedData } from '../inspect/types.js';
import { judgeSimilarity, type Similarity } from '../plan/similarity.js';
import type { LossMeasurement, ModelDescription, Template, TrialProcess } from '../workers/operations.js';
import { lengthLimit, type TokenizedData, tokenize } from './prepare.js';
import { stratifiedSubset } from './subset.js';

/** Rows it is measured on: enough for a ratio, few enough to take seconds. */
const sampled = 32;

export interface SimilarityInput {
  process: TrialProcess;
  cache: string;
  model: ModelDescription;
  data: InspectedData;
  tokens: TokenizedData;
  template: Template;
}

/** The verdict; undefined where a measurement gives no number to go by, and for encoders, which know no likelihood of texts. */
export async function measureSimilarity(input: SimilarityInput): Promise<Similarity | undefined> {
  const { process, model, data, tokens } = input;
  if (model.isEncoder) return undefined;
  const indices = stratifiedSubset(data.rows, data.splits.train, sampled);
  const loss = (file: string, picked?: number[]): Promise<LossMeasurement> =>
    process.run('evaluateLoss', {
      model: { kind: 'directory', directory: model.directory },
      examples: { file, indices: picked },
    });
  const text = await loss((await wholeTexts(input, indices)).file);
  const reference = await loss((await tokenizeReference(input)).file);
  const completion = await loss(tokens.file, indices);
  const completionTokens = indices.reduce((sum, i) => sum + tokens.supervisedLengths[i]!, 0) / indices.length;
  const measured = {
    bitsPerByte: text.bitsPerByte,
    referenceBitsPerByte: reference.bitsPerByte,
    completionLoss: completion.loss,
    vocabSize: model.vocabSize,
    completionTokens,
  };
  const usable = Object.values(measured).every((value) => Number.isFinite(value) && value > 0);
  return usable ? judgeSimilarity(measured) : undefined;
}

/** Prompts and completions as one text each, all of it counted. */
function wholeTexts({ process, cache, model, data }: SimilarityInput, indices: readonly number[]) {
  const examples: Example[] = indices.map((index) => {
    const { text, target } = data.rows[index]!;
    return { prompt: '', completion: [text, target].filter((part) => part !== '').join('\n') };
  });
  const settings = { maxLength: lengthLimit(model), lossOn: 'all' as const };
  return tokenize(process, cache, { model, template: 'plain', settings, examples });
}

/** The reference text where the model can be measured on it. */
export async function referenceFor(input: Pick<SimilarityInput, 'process' | 'cache' | 'model'>) {
  if (input.model.isEncoder) return undefined;
  const { file, reference } = await tokenizeReference(input);
  return { file, origin: reference.origin };
}

/** The base model's reference text as tokens, all of it counted. */
export async function tokenizeReference(
  input: Pick<SimilarityInput, 'process' | 'cache' | 'model'>,
): Promise<TokenizedData & { reference: ReferenceText }> {
  const { process, cache, model } = input;
  const reference = await referenceText(model.directory);
  const examples = reference.pieces.map((piece) => ({ prompt: '', completion: piece }));
  const settings = { maxLength: lengthLimit(model), lossOn: 'all' as const };
  const tokens = await tokenize(process, cache, { model, template: 'plain', settings, examples });
  return { ...tokens, reference };
}
