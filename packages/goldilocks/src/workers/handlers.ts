// What a training process does for each operation: a thin layer over the trainer.
import { join } from 'node:path';
import {
  BaseModel,
  type ChatMessage,
  type DeviceName,
  type Example,
  estimateMemory,
  estimateSpeed,
  evaluateLoss,
  exportAdapter,
  exportGguf,
  exportModel,
  exportOnnx,
  fineTune,
  generate,
  learningRateRamp,
  loadModel,
  type Model,
  scoreLabels,
  type TokenizedExample,
  type TrainingSettings,
} from '@goldilocks/trainer';
import { replayText } from '../evaluate/reference-text.js';
import { repositoryAt } from '../hub/repository.js';
import { inspect } from '../inspect/inspect.js';
import { readExamples, writeExamples } from './examples-file.js';
import type { ExamplesReference, ModelReference, TokenizedSummary } from './operations.js';
import type { Handlers } from './serve.js';

/**
 * The handlers of one process. Base models stay open, and what `fineTune` kept stays until the process ends.
 * @param device where models are measured; what was trained here is measured where it was trained
 */
export function trainingHandlers(cacheDirectory: string, device: DeviceName = 'cpu'): Handlers {
  const bases = new Map<string, Promise<BaseModel>>();
  const kept = new Map<string, Model>();
  const trainedOn = new Map<string, DeviceName>();
  const loaded = new Map<string, Promise<Model>>();

  const base = (directory: string) => once(bases, directory, () => BaseModel.load(directory, { cacheDirectory }));
  const examples = ({ file, indices }: ExamplesReference) => readExamples(file, indices);
  const model = async (reference: ModelReference): Promise<Model> => {
    if (reference.kind === 'directory') {
      return once(loaded, reference.directory, () => loadModel(reference.directory, { cacheDirectory }));
    }
    const found = kept.get(reference.name);
    if (found === undefined) throw new RangeError(`No model was kept as ${reference.name} in this process.`);
    return found;
  };

  const deviceOf = (reference: ModelReference) =>
    reference.kind === 'kept' ? (trainedOn.get(reference.name) ?? device) : device;

  return {
    async describe(input) {
      const opened = await base(input.model);
      const { directory, hash, parameters, config, tokenizer, architecture } = opened;
      const onHub = repositoryAt(directory);
      const name = onHub?.id ?? opened.name;
      const revision = onHub?.commit;
      const { layers, hiddenSize, vocabSize, maxPositions } = config;
      const hasChatTemplate = tokenizer.chatTemplate !== undefined;
      const sizes = { parameters, layers, hiddenSize, vocabSize, maxPositions };
      const isEncoder = architecture.task === 'classification';
      const known = { ...(revision && { revision }), ...(isEncoder && { isEncoder }) };
      return { name, directory, hash, ...sizes, hasChatTemplate, ...known };
    },

    async inspect(input) {
      const { tokenizer } = await base(input.model);
      return inspect(input.path, { ...input.options, countTokens: (text) => tokenizer.countTokens(text) });
    },

    async tokenize(input) {
      const opened = await base(input.model);
      const tokenized = input.examples.map((example) => opened.tokenize(example, input.settings, input.template));
      await writeExamples(input.file, tokenized);
      return summarize(tokenized);
    },

    async estimateMemory(input) {
      const { settings, stepTokens } = input;
      return { bytes: estimateMemory(await base(input.model), settings, { stepTokens }) };
    },

    async estimateSpeed({ model: directory, settings }) {
      return { tokensPerSecond: await estimateSpeed(await base(directory), settings) };
    },

    async fineTune(input, { signal, emit }) {
      const { model: directory, train, validation, keepAs, evaluateAtShares, ...rest } = input;
      const opened = await base(directory);
      const { weights, ...summary } = await fineTune({
        ...rest,
        model: opened,
        train: await examples(train),
        validation: await examples(validation),
        reference: await replayed(opened, rest.settings),
        evaluateAtShares: evaluateAtShares === undefined ? undefined : [...evaluateAtShares],
        cacheDirectory,
        signal,
        onEvent: (event) => emit(event.type === 'step' ? { ...event, memoryBytes: process.memoryUsage.rss() } : event),
      });
      if (keepAs !== undefined) {
        kept.set(keepAs, { base: opened, tuned: weights });
        trainedOn.set(keepAs, summary.device.name);
      }
      return summary;
    },

    async learningRateRamp({ model: directory, train, ...rest }, { signal }) {
      const points = await learningRateRamp({
        ...rest,
        model: await base(directory),
        train: await examples(train),
        cacheDirectory,
        signal,
      });
      return points.map(({ learningRate, loss }) => ({ learningRate, loss }));
    },

    async evaluateLoss(input) {
      const options = { device: deviceOf(input.model), cacheDirectory };
      return evaluateLoss(await model(input.model), await examples(input.examples), options);
    },

    async scoreLabels({ model: reference, prompts, labels, template }) {
      const options = { template, device: deviceOf(reference) };
      const scored = await scoreLabels(await model(reference), prompts, labels, options);
      return { predicted: scored.predicted, probabilities: scored.probabilities.map((row) => Array.from(row)) };
    },

    async generate({ model: reference, prompts, ...options }, { signal, emit }) {
      const onToken = (text: string, prompt: number) => emit({ prompt, text });
      return generate(await model(reference), prompts.map(promptText), { ...options, signal, onToken });
    },

    async export(input) {
      const opened = await model(input.model);
      const { directory, card } = input;
      if (input.format === 'gguf') {
        const { quantization, template } = input;
        const file = await exportGguf(opened, directory, { card, quantization, template });
        return { files: [join(directory, file)] };
      }
      if (input.format === 'onnx') {
        await exportOnnx(opened, directory, { card });
        return { files: [join(directory, 'onnx')] };
      }
      const files = await exportModel(opened, directory, { card, dtype: input.dtype });
      const isAdapter = opened.tuned?.method === 'lora';
      if (isAdapter) files.push(...(await exportAdapter(opened, join(directory, 'adapter'), { card })));
      return { files };
    },
  };
}

/** The text that the settings replay, all of it counted. */
async function replayed(
  base: BaseModel,
  { replay, maxLength }: TrainingSettings,
): Promise<TokenizedExample[] | undefined> {
  if (!replay) return undefined;
  const pieces = await replayText(base.directory, replay.text);
  return pieces.map((completion) => base.tokenize({ prompt: '', completion }, { maxLength, lossOn: 'all' }));
}

/** What a prompt gives the model: a text, or the conversation so far. */
function promptText(example: Example): string | ChatMessage[] {
  return 'prompt' in example ? example.prompt : example.messages;
}

function once<Value>(cache: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const value = cache.get(key) ?? make();
  cache.set(key, value);
  return value;
}

function summarize(examples: readonly TokenizedExample[]): TokenizedSummary {
  const supervisedTokens = ({ supervised }: TokenizedExample) => supervised.reduce((total, flag) => total + flag, 0);
  const sum = (count: (example: TokenizedExample) => number) =>
    examples.reduce((total, each) => total + count(each), 0);
  return {
    examples: examples.length,
    tokens: sum(({ ids }) => ids.length),
    supervisedTokens: sum(supervisedTokens),
    supervisedBytes: sum(({ supervisedBytes }) => supervisedBytes),
    truncatedExamples: examples.filter(({ truncatedTokens }) => truncatedTokens > 0).length,
    truncatedTokens: sum(({ truncatedTokens }) => truncatedTokens),
    lengths: examples.map(({ ids }) => ids.length),
    supervisedLengths: examples.map(supervisedTokens),
  };
}
