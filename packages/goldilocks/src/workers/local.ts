// Runs trials in child processes of this machine, one process for each.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeviceName } from '@goldilocks/trainer';
import { UserError } from '../errors.js';
import { explainExit, oomKills, speaksOfMemory, TrialError, TrialFailure } from './failure.js';
import type { FromChild, RemoteError, ToChild } from './messages.js';
import type { OperationName, Operations, RunOptions, TrialEngine, TrialProcess } from './operations.js';

export interface LocalEngineOptions {
  /** The child's program; default: the one that ships. */
  entry?: string;
  /** Where base models' prepared files and frozen-prefix outputs are shared between processes. */
  cacheDirectory: string;
  /** Where models are measured that were not trained in the same process; default: cpu. */
  device?: DeviceName;
  /** Silence after which a process counts as stuck and is killed. Default 30 minutes: one step may take minutes. */
  silenceSeconds?: number;
  /** How long a process may take to end an operation after it was told to stop. Default 120 s. */
  stopSeconds?: number;
}

// glibc returns every large block to the system at once by default; a training step then takes 1.6 times as long.
const allocatorSettings = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_MMAP_MAX_: '0',
  // One heap for all threads: with several, freed gradients are not found again and the peak varies by a gigabyte.
  MALLOC_ARENA_MAX: '1',
  // Small blocks that a thread keeps for itself would lie between large ones and keep holes apart.
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0',
};

const shippedEntry = fileURLToPath(new URL('./trial-process.js', import.meta.url));

/** The engine on this machine. */
export function localEngine(options: LocalEngineOptions): TrialEngine {
  return { open: (purpose) => new LocalProcess(purpose, options) };
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onEvent?: (event: never) => void;
}

class LocalProcess implements TrialProcess {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly oomKillsBefore = oomKills();
  private readonly exited: Promise<void>;
  private nextId = 0;
  private stderr = '';
  private lost: TrialFailure | undefined;
  private closing = false;
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly purpose: string,
    private readonly options: LocalEngineOptions,
  ) {
    this.child = fork(
      options.entry ?? shippedEntry,
      [options.cacheDirectory, ...(options.device ? [options.device] : [])],
      {
        env: { ...process.env, ...allocatorSettings, ORT_DISABLE_TELEMETRY: '1' },
        execArgv: [],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-4000);
    });
    this.child.on('message', (message) => this.receive(message as FromChild));
    this.child.on('error', (error) =>
      this.lose(new TrialFailure('error', `${this.purpose} could not start: ${error.message}`)),
    );
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.onExit(code, signal);
        resolve();
      });
      this.child.once('error', () => resolve());
    });
  }

  run<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
    options: RunOptions<Name> = {},
  ): Promise<Operations[Name]['output']> {
    if (this.lost !== undefined) return Promise.reject(this.lost);
    if (this.closing) return Promise.reject(new Error(`${this.purpose} was closed; ${name} cannot run any more.`));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const stop = this.stopper(id, options.signal);
      this.pending.set(id, {
        onEvent: options.onEvent as Pending['onEvent'],
        resolve: (value) => {
          stop.forget();
          resolve(value as Operations[Name]['output']);
        },
        reject: (error) => {
          stop.forget();
          reject(error);
        },
      });
      this.send({ type: 'run', id, operation: name, input });
      stop.watch();
      this.heard();
    });
  }

  async close(): Promise<void> {
    if (!this.closing && this.child.connected) {
      this.closing = true;
      this.send({ type: 'close' });
    }
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.exited;
    clearTimeout(killer);
  }

  private send(message: ToChild): void {
    if (!this.child.connected) return; // the exit handler answers what is pending
    this.child.send(message, (error) => {
      if (error !== null && this.lost === undefined && !this.closing) this.child.kill('SIGKILL');
    });
  }

  /** Passes an abort on, and kills the process where it does not obey in time. */
  private stopper(id: number, signal: AbortSignal | undefined) {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      this.send({ type: 'stop', id });
      timer = setTimeout(() => this.child.kill('SIGKILL'), (this.options.stopSeconds ?? 120) * 1000);
    };
    return {
      watch: () => {
        if (signal?.aborted) onAbort();
        else signal?.addEventListener('abort', onAbort, { once: true });
      },
      forget: () => {
        signal?.removeEventListener('abort', onAbort);
        clearTimeout(timer);
      },
    };
  }

  private receive(message: FromChild): void {
    this.heard();
    if (message.type === 'alive') return;
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    if (message.type === 'event') {
      pending.onEvent?.(message.event as never);
      return;
    }
    this.pending.delete(message.id);
    if (this.pending.size === 0) clearTimeout(this.silence);
    if (message.type === 'result') pending.resolve(message.result);
    else pending.reject(revive(message.error, this.purpose));
  }

  private heard(): void {
    clearTimeout(this.silence);
    if (this.pending.size === 0) return;
    const seconds = this.options.silenceSeconds ?? 1800;
    this.silence = setTimeout(() => {
      this.lose(new TrialFailure('killed', `${this.purpose} was silent for ${seconds} s and was ended.`));
      this.child.kill('SIGKILL');
    }, seconds * 1000);
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.closing && this.pending.size === 0) return;
    const evidence = {
      code,
      signal,
      stderr: this.stderr,
      oomKillsBefore: this.oomKillsBefore,
      oomKillsAfter: oomKills(),
    };
    this.lose(explainExit(this.purpose, evidence));
  }

  private lose(failure: TrialFailure): void {
    this.lost ??= failure;
    clearTimeout(this.silence);
    for (const pending of this.pending.values()) pending.reject(this.lost);
    this.pending.clear();
  }
}

function revive(error: RemoteError, purpose: string): Error {
  if (error.exitCode !== undefined) return new UserError(error.message, { exitCode: error.exitCode });
  // A full or read-only disk would stop every trial, so it is no trial's own failure.
  if (error.kind === 'OutputError') return new UserError(error.message, { exitCode: 1 });
  if (speaksOfMemory(error.message))
    return new TrialFailure('out-of-memory', `${purpose} ran out of memory: ${error.message}`);
  return new TrialError(error.kind, error.message, error.stack);
}
