// A stand-in for training in tests of the journey: losses by formula, time that passes by formula, real checkpoints'
// habits (pause, resume, interruption). It trains nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Evaluation, TrainingSettings } from '@goldilocks/trainer';
import { inspect } from '../src/inspect/inspect.js';
import { mulberry32 } from '../src/metrics/bootstrap.js';
import { TrialFailure } from '../src/workers/failure.js';
import type {
  FineTuneInput,
  FineTuneSummary,
  OperationName,
  Operations,
  RunOptions,
  TrialEngine,
  TrialProcess,
} from '../src/workers/operations.js';

export interface FakeEngineOptions {
  /** Final validation loss of settings with a seed; the default's best is at a rate of 3e-3 and dropout 0.1. */
  loss?(settings: TrainingSettings): number;
  /** Seconds of one epoch over 140 examples; other numbers in proportion. */
  secondsPerEpoch?: number;
  /** Called for each fine-tuning before it starts; may throw. */
  beforeTrain?(purpose: string, input: FineTuneInput): void;
  layers?: number;
  /** Memory of a step beyond 200 MB, a quarter of it where layers are computed again; default 0. */
  bytesPerMicroBatchToken?: number;
}

export function usualLoss(settings: TrainingSettings): number {
  const rate = Math.log10(settings.learningRate / 3e-3);
  const luck = 0.005 * (mulberry32(settings.seed + 1)() - 0.5);
  return 0.8 + 0.3 * rate ** 2 + 4 * (settings.dropout - 0.1) ** 2 + luck;
}

/** The engine, and the log of what it was asked. `now` is its simulated time in milliseconds, for a Clock. */
export class FakeEngine implements TrialEngine {
  milliseconds = 0;
  readonly log: { purpose: string; operation: OperationName; input: unknown }[] = [];
  readonly now = () => this.milliseconds;

  constructor(readonly options: FakeEngineOptions = {}) {}

  open(purpose: string): TrialProcess {
    return new FakeProcess(this, purpose);
  }

  trained(): FineTuneInput[] {
    return this.log.filter(({ operation }) => operation === 'fineTune').map(({ input }) => input as FineTuneInput);
  }
}

type Answers = { [Name in OperationName]: (input: never, options: never) => unknown };

class FakeProcess implements TrialProcess {
  private readonly kept = new Map<string, number>();

  constructor(
    private readonly engine: FakeEngine,
    private readonly purpose: string,
  ) {}

  async run<Name extends OperationName>(
    operation: Name,
    input: Operations[Name]['input'],
    options: RunOptions<Name> = {},
  ): Promise<Operations[Name]['output']> {
    this.engine.log.push({ purpose: this.purpose, operation, input });
    return (await this.answers[operation](input as never, options as never)) as Operations[Name]['output'];
  }

  async close(): Promise<void> {
    this.engine.milliseconds += 10;
  }

  private readonly answers: Answers = {
    describe: ({ model }: Operations['describe']['input']) => ({
      name: 'goldilocks-base',
      directory: model,
      hash: 'fake',
      parameters: 4e6,
      layers: this.engine.options.layers ?? 6,
      hiddenSize: 192,
      vocabSize: 4096,
      maxPositions: 512,
      hasChatTemplate: false,
    }),
    inspect: ({ path, options }: Operations['inspect']['input']) =>
      inspect(path, { ...options, countTokens: (text) => Math.ceil(text.length / 4) }),
    tokenize: ({ examples, file }: Operations['tokenize']['input']) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, String(examples.length));
      const n = examples.length;
      const lengths = examples.map(() => 20);
      return {
        examples: n,
        tokens: 20 * n,
        supervisedTokens: 4 * n,
        supervisedBytes: 16 * n,
        truncatedExamples: 0,
        truncatedTokens: 0,
        lengths,
        supervisedLengths: examples.map(() => 4),
      };
    },
    estimateMemory: ({ settings }: Operations['estimateMemory']['input']) => ({
      bytes:
        200e6 +
        ((this.engine.options.bytesPerMicroBatchToken ?? 0) * settings.microBatchTokens) /
          (settings.gradientCheckpointing ? 4 : 1),
    }),
    estimateSpeed: () => ({ tokensPerSecond: 1000 }),
    fineTune: (input: FineTuneInput, options: RunOptions<'fineTune'>) => this.fineTune(input, options),
    learningRateRamp: ({ from, to, steps }: Operations['learningRateRamp']['input']) => {
      this.engine.milliseconds += 100 * steps;
      return Array.from({ length: steps }, (_, i) => {
        const learningRate = from * (to / from) ** (i / (steps - 1));
        const log = Math.log10(learningRate / 3e-3);
        return { learningRate, loss: log > 0.7 ? 6 + 5 * log : 2.5 - 0.6 / (1 + Math.exp(-4 * (log + 0.7))) };
      });
    },
    evaluateLoss: ({ model, examples }: Operations['evaluateLoss']['input']) => {
      const loss = model.kind === 'kept' ? this.kept.get(model.name)! : 2.4;
      this.engine.milliseconds += 200;
      return measurement(loss, examples.indices?.length ?? Number(readFileSync(examples.file, 'utf8')));
    },
    scoreLabels: ({ model, prompts, labels }: Operations['scoreLabels']['input']) => {
      const right = model.kind === 'kept' ? 1 - this.kept.get(model.name)! / 4 : 0.3;
      const random = mulberry32(7);
      const predicted = prompts.map((_, i) => (random() < right ? i % labels.length : 0));
      return { predicted, probabilities: predicted.map(() => labels.map(() => 1 / labels.length)) };
    },
    generate: ({ prompts }: Operations['generate']['input']) => prompts.map((_, i) => `answer ${i}`),
    export: ({ directory }: Operations['export']['input']) => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'model.safetensors'), 'weights');
      return { files: ['model.safetensors'] };
    },
  };

  private fineTune(input: FineTuneInput, { signal, onEvent }: RunOptions<'fineTune'>): FineTuneSummary {
    const { options } = this.engine;
    const { settings, checkpointDirectory, stopAtShare = 1, keepAs } = input;
    options.beforeTrain?.(this.purpose, input);
    const final = (options.loss ?? usualLoss)(settings);
    const file = join(checkpointDirectory, 'share');
    const from = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    const totalSteps = 90;
    const examples = input.train.indices?.length ?? 140;
    const history: Evaluation[] = [];
    mkdirSync(checkpointDirectory, { recursive: true });
    for (let step = 1; step <= Math.round(stopAtShare * totalSteps); step++) {
      const seconds = ((options.secondsPerEpoch ?? 1) * (examples / 140) * settings.epochs) / totalSteps;
      const share = step / totalSteps;
      const loss = final + 1.5 * (1 - share);
      const epoch = share * settings.epochs;
      if (step % 10 === 0) history.push(this.evaluation(step, share, epoch, loss));
      if (step <= Math.round(from * totalSteps)) continue; // done in an earlier sitting, history included
      if (signal?.aborted) {
        writeFileSync(file, String((step - 1) / totalSteps));
        return this.summary('interrupted', step, totalSteps, history);
      }
      this.engine.milliseconds += 1000 * seconds;
      const { learningRate } = settings;
      const usual = {
        tokens: Math.round((20 * examples * settings.epochs) / totalSteps),
        seconds,
        gradientNorm: 1,
        applied: true,
      };
      onEvent?.({ type: 'step', step, totalSteps, epoch, loss, learningRate, ...usual });
    }
    writeFileSync(file, String(stopAtShare));
    const end = final + 1.5 * (1 - stopAtShare);
    if (keepAs !== undefined) this.kept.set(keepAs, end);
    if (!Number.isFinite(final)) return this.summary('diverged', 10, totalSteps, []);
    const step = Math.round(stopAtShare * totalSteps);
    const best = this.evaluation(step, stopAtShare, stopAtShare * settings.epochs, end);
    onEvent?.({ type: 'evaluation', evaluation: best, best: true, seconds: 0 });
    return { ...this.summary(stopAtShare < 1 ? 'paused' : 'completed', step, totalSteps, [...history, best]), best };
  }

  private evaluation(step: number, share: number, epoch: number, loss: number): Evaluation {
    return { step, share, epoch, trainingLoss: loss - 0.1, ...measurement(loss, 30) };
  }

  private summary(outcome: FineTuneSummary['outcome'], step: number, totalSteps: number, history: Evaluation[]) {
    const usual = { outcome, step, totalSteps, history, seconds: 1, tokens: 1000, peakMemoryBytes: 3e8 };
    if (outcome !== 'diverged') return usual;
    const message = 'The loss was not a number at step 10.';
    return { ...usual, diagnosis: { kind: 'not-finite' as const, step: 10, message, advice: 'A lower rate.' } };
  }
}

function measurement(loss: number, examples: number) {
  const random = mulberry32(3);
  const perExample = Array.from({ length: examples }, () => loss + 0.5 * (random() - 0.5));
  return { loss, perplexity: Math.exp(loss), bitsPerByte: loss / Math.LN2 / 4, perExample };
}

/** What a trial's process throws when the system takes its memory. */
export function outOfMemory(purpose: string): TrialFailure {
  return new TrialFailure('out-of-memory', `${purpose} ran out of memory.`);
}
