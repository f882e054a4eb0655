// Opens the model, inspects the data, and turns rows into tokens once: later processes read them from the cache.
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example, TrainingSettings } from '@goldilocks/trainer';
import { encoderFor, isEncoder } from '../base-models/encoder.js';
import { defaultModel, locateModel } from '../base-models/locate.js';
import { UserError } from '../errors.js';
import { inspect } from '../inspect/inspect.js';
import type { InspectedData, InspectOptions } from '../inspect/types.js';
import { writeFileAtomic } from '../state/atomic.js';
import { readJson } from '../state/json.js';
import { TrialError } from '../workers/failure.js';
import type { ModelDescription, Template, TokenizedSummary, TrialProcess } from '../workers/operations.js';
import type { DataOptions, ModelOptions } from './options.js';

/** Lengths are counted up to here; longer rows are rare and cut anyway. */
const mostTokens = 2048;

/** Tokens of examples on disk; example i of the file is row i. */
export interface TokenizedData extends TokenizedSummary {
  file: string;
}

/** Opens a model for data. Throws UserError with the engine's reason where it cannot be used. */
export async function openModelFor(
  process: TrialProcess,
  cache: string,
  options: ModelOptions & DataOptions,
): Promise<ModelDescription> {
  const directory = await locateModel(options.model ?? defaultModel);
  if (!(await isEncoder(directory))) return openModel(process, options);
  const { labels } = await inspect(options.data, inspectOptionsOf(options));
  return openModel(process, { model: await encoderFor(directory, labels, cache) });
}

/** Opens a model. Throws UserError with the engine's reason where it cannot be used. */
export async function openModel(process: TrialProcess, options: ModelOptions): Promise<ModelDescription> {
  const directory = await locateModel(options.model ?? defaultModel);
  try {
    return await process.run('describe', { model: directory });
  } catch (error) {
    if (!(error instanceof TrialError)) throw error;
    throw new UserError(`The model in ${directory} cannot be used. ${error.message}`, { cause: error });
  }
}

export function inspectOptionsOf(options: DataOptions, model?: ModelDescription): InspectOptions {
  const { data: _, ...given } = options;
  const known: (keyof InspectOptions)[] = [
    'textColumn',
    'promptColumn',
    'completionColumn',
    'labelColumn',
    'labelColumns',
    'splitColumn',
    'task',
    'skipBadRows',
    'validationShare',
    'testShare',
  ];
  const picked = Object.fromEntries(known.map((name) => [name, given[name as keyof typeof given]]));
  return { ...picked, ...(model && { maxLength: Math.min(mostTokens, model.maxPositions) }) };
}

/** Chat for conversations and for models tuned to chat; a plain layout else. Throws UserError where it cannot be. */
export function templateFor(model: ModelDescription, data: InspectedData, wanted?: Template): Template {
  if (wanted === 'chat' && !model.hasChatTemplate) {
    throw new UserError(
      `The model ${model.name} has no chat template. Leave --template away, or use --template plain.`,
    );
  }
  if (wanted !== undefined || !model.hasChatTemplate || data.task === 'text') return wanted ?? 'plain';
  const isChat = data.shape === 'chat' || data.shape === 'sharegpt' || /instruct|chat/i.test(model.name);
  return isChat ? 'chat' : 'plain';
}

/** Tokenizes examples, or takes what an earlier run left: the same model, layout and texts give the same file. */
export async function tokenize(
  process: TrialProcess,
  cache: string,
  input: {
    model: ModelDescription;
    template: Template;
    settings: Pick<TrainingSettings, 'maxLength' | 'lossOn'>;
    examples: readonly Example[];
  },
): Promise<TokenizedData> {
  const { model, template, examples } = input;
  const { maxLength, lossOn } = input.settings;
  const hash = createHash('sha256').update(JSON.stringify([model.hash, template, maxLength, lossOn, examples]));
  const file = join(cache, `${hash.digest('hex').slice(0, 32)}.examples`);
  const summaryFile = `${file}.json`;
  const known = await readJson<TokenizedSummary>(summaryFile);
  if (known !== undefined && (await exists(file))) return { ...known, file };
  const settings = { maxLength, lossOn };
  const summary = await process.run('tokenize', { model: model.directory, template, settings, examples, file });
  await writeFileAtomic(summaryFile, JSON.stringify(summary));
  return { ...summary, file };
}

export function lengthLimit(model: ModelDescription): number {
  return Math.min(mostTokens, model.maxPositions);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
