// Workers as jobs of Ray: started, followed, started again where they are lost, stopped at the end.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../errors.js';
import { quote } from '../../journey/report/command.js';
import { LogFile } from '../../optimize/local/log-file.js';
import { type ClusterOptions, isLoopback } from '../cluster-options.js';
import { followJob, type JobEnd } from './follow-job.js';
import type { RayClient } from './ray-client.js';

export interface WorkerPoolOptions {
  client: RayClient;
  study: string;
  cluster: ClusterOptions;
  /** Where the workers' logs are kept. */
  logDirectory: string;
  /** Where runs are kept on this machine; passed on where Ray runs on it. */
  stateDirectory: string;
  /** Takes what a person should know, such as that a worker was lost. */
  notice(text: string, level: 'info' | 'warning'): void;
  /** Takes each line of a worker's log. */
  onLine?(worker: number, line: string): void;
  /** Between two looks at a job. Default 1 s. */
  everyMs?: number;
}

/** How often a worker that was lost, or killed, is started again. */
const restarts = 1;
/** Time for a worker to finish its step, save and give its trial back before Ray kills it. */
const stopSeconds = 120;
/** Lines of a worker's log that an error quotes. */
const quoted = 3;

interface Ending {
  worker: number;
  reason: string;
  isDone: boolean;
}

export class WorkerPool {
  readonly #running = new Map<number, string>();
  readonly #endings: Ending[] = [];
  readonly #all: Promise<unknown>;
  #closing = false;
  #error: unknown;

  private constructor(
    private readonly options: WorkerPoolOptions,
    count: number,
  ) {
    const workers = Array.from({ length: count }, (_, worker) => this.#keep(worker));
    this.#all = Promise.all(workers).catch((error: unknown) => {
      this.#error = error;
    });
  }

  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    await mkdir(options.logDirectory, { recursive: true });
    return new WorkerPool(options, options.cluster.workers ?? 2);
  }

  /** Throws where no worker is left although the search is not over. */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
    const count = this.options.cluster.workers ?? 2;
    if (this.#endings.length < count) return;
    const reasons = this.#endings.map(({ worker, reason }) => `worker ${worker}: ${reason}`).join('; ');
    throw new UserError(
      `All workers have ended before the search (${reasons}). Their logs are in ${this.options.logDirectory}. Mend it, then go on with: goldilocks resume ${quote(this.options.study)}`,
      { exitCode: 1 },
    );
  }

  /** Stops the workers, which give their trials back, and waits for their end. May be called more than once. */
  async close(): Promise<void> {
    this.#closing = true;
    // A Ray that is gone has no jobs to stop.
    await Promise.all([...this.#running.values()].map((id) => this.options.client.stop(id).catch(() => undefined)));
    await this.#all;
  }

  /** Runs a worker until it says that nothing is left to do. */
  async #keep(worker: number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const { end, last } = await this.#run(worker, attempt);
      if (end.kind === 'exited' && end.code === 0) return void this.#end(worker, 'it found nothing left to do', true);
      if (this.#closing) return;
      const reason = `${describe(end)}${last === '' ? '' : ` («${last}»)`}`;
      const isLost = end.kind !== 'exited';
      if (!isLost || attempt === restarts) return void this.#end(worker, reason, false);
      this.options.notice(`Worker ${worker} ${reason}; it is started again, and its trial with it.`, 'warning');
    }
  }

  #end(worker: number, reason: string, isDone: boolean): void {
    this.#endings.push({ worker, reason, isDone });
    if (!isDone) this.options.notice(`Worker ${worker} ${reason}.`, 'warning');
  }

  async #run(worker: number, attempt: number): Promise<{ end: JobEnd; last: string }> {
    const { client, cluster, logDirectory } = this.options;
    const id = `goldilocks-${this.options.study.replace(/\W+/g, '-')}-worker-${worker}-${randomUUID()}`;
    await client.submit({
      submissionId: id,
      entrypoint: entrypointOf(this.options),
      env: environmentOf(this.options),
      cpus: cluster.cpus ?? 1,
      gpus: cluster.gpus,
      metadata: { goldilocks_study: this.options.study },
    });
    this.#running.set(worker, id);
    if (this.#closing) await client.stop(id);
    const log = await LogFile.create(join(logDirectory, `worker-${worker}${attempt === 0 ? '' : `-${attempt}`}.log`));
    const last: string[] = [];
    try {
      const end = await followJob(client, id, {
        onLog: (chunk) => log.write(chunk),
        onLine: (line) => {
          last.push(line);
          if (last.length > quoted) last.shift();
          this.options.onLine?.(worker, line);
        },
        everyMs: this.options.everyMs,
      });
      return { end, last: last.at(-1) ?? '' };
    } finally {
      this.#running.delete(worker);
      await log.close();
    }
  }
}

function describe(end: JobEnd): string {
  if (end.kind === 'lost') return `was lost: ${end.reason}`;
  return end.kind === 'signalled' ? `was ended by ${end.signal}` : `ended with code ${end.code}`;
}

const program = fileURLToPath(new URL('../../../bin/goldilocks.js', import.meta.url));

function entrypointOf({ cluster, study, client, stateDirectory }: WorkerPoolOptions): string {
  const isHere = isLoopback(client.address) && cluster.workerCommand === undefined;
  const command = cluster.workerCommand ?? (isHere ? `${quote(process.execPath)} ${quote(program)}` : 'goldilocks');
  const state = isHere ? ` --state ${quote(stateDirectory)}` : '';
  return `exec ${command} worker --study ${quote(study)}${state}`;
}

/** The storage's URL goes by the environment, so that it is neither in the process list nor in the job's own line. */
function environmentOf({ cluster }: WorkerPoolOptions): Record<string, string> {
  const python = process.env.GOLDILOCKS_PYTHON;
  return {
    GOLDILOCKS_STORAGE: cluster.storage,
    RAY_JOB_STOP_WAIT_TIME_S: String(stopSeconds),
    ...(cluster.engine === 'pytorch' && python !== undefined && { GOLDILOCKS_PYTHON: python }),
  };
}
