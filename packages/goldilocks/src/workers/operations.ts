// What a training process can be asked to do: one row per operation, with what goes in, what comes out and what is
// told meanwhile. All values can be structurally cloned.
import type {
  CardData,
  ChosenDevice,
  Evaluation,
  Example,
  FineTuneResult,
  GgufQuantization,
  LoraSettings,
  TrainingEvent,
  TrainingSettings,
  WritableDtype,
} from '@goldilocks/trainer';
import type { InspectedData, InspectOptions } from '../inspect/types.js';

interface Operation<Input, Output, Event = never> {
  input: Input;
  output: Output;
  event: Event;
}

/** A model by where it is: a Hugging Face directory (or an adapter's), or what `fineTune` kept in the same process. */
export type ModelReference = { kind: 'directory'; directory: string } | { kind: 'kept'; name: string };

/** Tokenised examples on disk; `indices` picks some, in that order. */
export interface ExamplesReference {
  file: string;
  indices?: readonly number[];
}

export type Template = 'plain' | 'chat';

export interface ModelDescription {
  name: string;
  directory: string;
  /** SHA-256 over the configuration and the weights. */
  hash: string;
  parameters: number;
  layers: number;
  hiddenSize: number;
  vocabSize: number;
  maxPositions: number;
  hasChatTemplate: boolean;
  /** The commit of a model of the Hugging Face Hub. */
  revision?: string;
  /** An encoder, which classifies texts and writes none; default: a model that continues texts. */
  isEncoder?: boolean;
}

export interface TokenizedSummary {
  examples: number;
  tokens: number;
  supervisedTokens: number;
  supervisedBytes: number;
  truncatedExamples: number;
  truncatedTokens: number;
  /** Tokens of each example, and those of them that count for the loss. */
  lengths: number[];
  supervisedLengths: number[];
}

export interface LossMeasurement {
  /** Mean cross-entropy per supervised token, in nats. */
  loss: number;
  perplexity: number;
  bitsPerByte: number;
  /** Mean loss of each example, in the order given. */
  perExample: number[];
}

export interface FineTuneInput {
  model: string;
  train: ExamplesReference;
  validation: ExamplesReference;
  settings: TrainingSettings;
  checkpointDirectory: string;
  stopAtShare?: number;
  evaluateAtShares?: readonly number[];
  validateAtStart?: boolean;
  checkpointEverySeconds?: number;
  /** The name under which this process keeps the best weights, for the operations that follow. */
  keepAs?: string;
}

export type FineTuneSummary = Omit<FineTuneResult, 'weights' | 'device'> & {
  lora?: LoraSettings;
  best?: Evaluation;
  device?: ChosenDevice;
};

/** As the engine tells it, with the resident memory of its process. */
export type FineTuneEvent = TrainingEvent & { memoryBytes?: number };

export interface GenerateInput {
  model: ModelReference;
  prompts: readonly Example[];
  template: Template;
  maxTokens: number;
  /** 0 (the default) takes the likeliest token each time. */
  temperature?: number;
  topP?: number;
  seed?: number;
}

/** How a model is written; weights of a Hugging Face directory as F32 by default, of GGUF as F16. */
export type ExportForm =
  | { format?: 'safetensors'; dtype?: WritableDtype }
  | { format: 'gguf'; quantization?: GgufQuantization; template: Template }
  | { format: 'onnx' };

export interface Operations {
  describe: Operation<{ model: string }, ModelDescription>;
  /** Inspects data with the lengths in this model's tokens. */
  inspect: Operation<{ path: string; model: string; options: InspectOptions }, InspectedData>;
  /** Writes `file`; positions in it follow `examples`. */
  tokenize: Operation<
    {
      model: string;
      examples: readonly Example[];
      template: Template;
      settings: Pick<TrainingSettings, 'maxLength' | 'lossOn'>;
      file: string;
    },
    TokenizedSummary
  >;
  /** `stepTokens`: tokens of the largest step. */
  estimateMemory: Operation<{ model: string; settings: TrainingSettings; stepTokens?: number }, { bytes: number }>;
  /** Of training on this machine, from the time that its products take: a second's work. */
  estimateSpeed: Operation<{ model: string; settings: TrainingSettings }, { tokensPerSecond: number }>;
  fineTune: Operation<FineTuneInput, FineTuneSummary, FineTuneEvent>;
  /** Learning-rate range test (1506.01186). */
  learningRateRamp: Operation<
    { model: string; train: ExamplesReference; settings: TrainingSettings; from: number; to: number; steps: number },
    { learningRate: number; loss: number }[]
  >;
  evaluateLoss: Operation<{ model: ModelReference; examples: ExamplesReference }, LossMeasurement>;
  /** Probabilities over `labels` for each prompt, and the index of the likeliest. */
  scoreLabels: Operation<
    { model: ModelReference; prompts: readonly Example[]; template: Template; labels: readonly string[] },
    { predicted: number[]; probabilities: number[][] }
  >;
  generate: Operation<GenerateInput, string[], { prompt: number; text: string }>;
  /**
   * Writes a merged Hugging Face directory and, for LoRA, `adapter/` in it; or the merged model in another format. The directory must
   * be new.
   */
  export: Operation<{ model: ModelReference; directory: string; card: CardData } & ExportForm, { files: string[] }>;
}

export type OperationName = keyof Operations;

export interface RunOptions<Name extends OperationName> {
  /** Ends `fineTune` with outcome `interrupted` after the current step, and other operations as soon as they can. */
  signal?: AbortSignal;
  onEvent?: (event: Operations[Name]['event']) => void;
}

/** A process that runs operations one after another. */
export interface TrialProcess {
  /**
   * Runs one operation. Throws UserError or TrialError for what the operation refused, TrialFailure where the process
   * was lost; then every later call throws it too.
   */
  run<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
    options?: RunOptions<Name>,
  ): Promise<Operations[Name]['output']>;
  /** Ends the process; what it kept is gone. May be called more than once. */
  close(): Promise<void>;
}

/** Something that starts training processes: on this machine, or elsewhere. */
export interface TrialEngine {
  /** `purpose` is a word for messages, such as `trial 7`. */
  open(purpose: string): TrialProcess;
  /** Whether `keepAs` is obeyed, so that the weights of a run can be asked afterwards; default true. */
  readonly keepsModels?: boolean;
  /** The time its work is measured by, in milliseconds of any origin; default: the wall clock. */
  now?(): number;
}
