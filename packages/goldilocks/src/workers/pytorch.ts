// Runs `fineTune` in the PyTorch trainer, for models too big for the ONNX engine; all else in a local process.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type PytorchJob, type PytorchMessage, pytorchJobSchema, pytorchMessageSchema } from '@goldilocks/protocol';
import type { TrainingEvent } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { explainExit, oomKills, TrialError, TrialFailure } from './failure.js';
import { localEngine } from './local.js';
import type { FineTuneInput, OperationName, Operations, RunOptions, TrialEngine, TrialProcess } from './operations.js';

export interface PytorchEngineOptions {
  /** A Python with workers/pytorch/requirements.txt. Default: $GOLDILOCKS_PYTHON, else `python3`. */
  python?: string;
  cacheDirectory: string;
  /** Recompute activations in the backward pass: a third slower, a fraction of the memory. Default false. */
  gradientCheckpointing?: boolean;
  /** How long the trainer may take to end after it was told to stop. Default 120 s. */
  stopSeconds?: number;
}

// In a checkout the trainer lies at the top; in an installed package beside `dist`.
const scripts = ['../../workers/pytorch/train.py', '../../../../workers/pytorch/train.py'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** The engine that trains with PyTorch, on CUDA where there is one. It keeps no model for later operations. */
export function pytorchEngine(options: PytorchEngineOptions): TrialEngine {
  return { keepsModels: false, open: (purpose) => new PytorchProcess(purpose, options) };
}

class PytorchProcess implements TrialProcess {
  private local: TrialProcess | undefined;
  private trainer: ChildProcessWithoutNullStreams | undefined;

  constructor(
    private readonly purpose: string,
    private readonly options: PytorchEngineOptions,
  ) {}

  async run<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
    options: RunOptions<Name> = {},
  ): Promise<Operations[Name]['output']> {
    if (name === 'fineTune') {
      const { signal, onEvent } = options as RunOptions<'fineTune'>;
      return this.fineTune(input as FineTuneInput, signal, onEvent) as Promise<Operations[Name]['output']>;
    }
    refuseKept(input);
    this.local ??= localEngine(this.options).open(this.purpose);
    return this.local.run(name, input, options);
  }

  async close(): Promise<void> {
    this.trainer?.kill('SIGKILL');
    await this.local?.close();
  }

  private async fineTune(
    { keepAs: _, ...input }: FineTuneInput,
    signal: AbortSignal | undefined,
    onEvent: ((event: TrainingEvent) => void) | undefined,
  ): Promise<Operations['fineTune']['output']> {
    const folder = await mkdtemp(join(tmpdir(), 'goldilocks-job-'));
    try {
      const job = pytorchJobSchema.parse({ ...input, ...this.jobOptions() }) satisfies PytorchJob;
      const file = join(folder, 'job.json');
      await writeFile(file, JSON.stringify(job));
      return await this.converse(file, signal, onEvent);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private jobOptions(): Pick<PytorchJob, 'gradientCheckpointing'> {
    return { gradientCheckpointing: this.options.gradientCheckpointing };
  }

  /** Starts the trainer and reads its lines to the last one. */
  private async converse(
    job: string,
    signal: AbortSignal | undefined,
    onEvent: ((event: TrainingEvent) => void) | undefined,
  ): Promise<Operations['fineTune']['output']> {
    const oomKillsBefore = oomKills();
    const python = this.options.python ?? process.env.GOLDILOCKS_PYTHON ?? 'python3';
    const trainer = spawn(python, ['-W', 'ignore', findScript(), job, '--with-parent'], { stdio: 'pipe' });
    this.trainer = trainer;
    const stopper = stopOnAbort(trainer, signal, this.options.stopSeconds ?? 120);
    let stderr = '';
    trainer.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4000);
    });
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      trainer.once('error', (error) => reject(cannotStart(python, error)));
      trainer.once('close', (code, by) => resolve({ code, signal: by }));
    });
    try {
      const [last, exit] = await Promise.all([readMessages(trainer, onEvent), ended]);
      if (last?.type === 'result') return last.summary;
      if (last?.type === 'error') throw this.revive(last.error);
      if (signal?.aborted && exit.signal === 'SIGTERM') return notBegun;
      const missing = /^ModuleNotFoundError: (.*)$/m.exec(stderr)?.[1];
      if (missing !== undefined) throw missingModule(missing);
      throw explainExit(this.purpose, { ...exit, stderr, oomKillsBefore, oomKillsAfter: oomKills() });
    } finally {
      stopper.forget();
      this.trainer = undefined;
    }
  }

  private revive({ kind, message, stack }: { kind: string; message: string; stack?: string }): Error {
    if (kind === 'out-of-memory') return new TrialFailure('out-of-memory', `${this.purpose}: ${message}`);
    return new TrialError(kind, message, stack);
  }
}

/** A run that was told to stop while its trainer was still loading. */
const notBegun: Operations['fineTune']['output'] = {
  outcome: 'interrupted',
  step: 0,
  totalSteps: 0,
  history: [],
  seconds: 0,
  tokens: 0,
  peakMemoryBytes: 0,
};

/** The trainer's process is gone when training is over, and what it trained with it. */
function refuseKept(input: unknown): void {
  const { model } = input as { model?: { kind?: string } };
  if (model?.kind !== 'kept') return;
  throw new UserError(
    'The PyTorch trainer measures the validation loss only. Search by loss (leave --metric and --retention-limit away), or use --engine onnx.',
  );
}

function findScript(): string {
  const found = scripts.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UserError('The PyTorch trainer is not part of this installation: workers/pytorch/train.py is missing.');
}

function cannotStart(python: string, error: Error): UserError {
  return new UserError(
    `The PyTorch trainer could not start: ${python}: ${error.message}. Name a Python with its packages in GOLDILOCKS_PYTHON.`,
    { exitCode: 1, cause: error },
  );
}

function missingModule(message: string): UserError {
  return new UserError(
    `The Python of the PyTorch trainer lacks a package (${message}). Install workers/pytorch/requirements.txt, or name another Python in GOLDILOCKS_PYTHON.`,
    { exitCode: 1 },
  );
}

/** Hands events on; resolves with the last message that is none. */
async function readMessages(
  trainer: ChildProcessWithoutNullStreams,
  onEvent: ((event: TrainingEvent) => void) | undefined,
): Promise<Extract<PytorchMessage, { type: 'result' | 'error' }> | undefined> {
  let last: Extract<PytorchMessage, { type: 'result' | 'error' }> | undefined;
  for await (const line of createInterface({ input: trainer.stdout })) {
    const message = pytorchMessageSchema.parse(JSON.parse(line));
    if (message.type === 'result' || message.type === 'error') last = message;
    else onEvent?.(message);
  }
  return last;
}

/** Passes an abort on as SIGTERM, and kills the trainer where it does not obey in time. */
function stopOnAbort(trainer: ChildProcessWithoutNullStreams, signal: AbortSignal | undefined, seconds: number) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    trainer.kill('SIGTERM');
    timer = setTimeout(() => trainer.kill('SIGKILL'), seconds * 1000);
  };
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  return {
    forget() {
      signal?.removeEventListener('abort', stop);
      clearTimeout(timer);
    },
  };
}
