// Runs a trial's command as a job of Ray.
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { quote } from '../../journey/report/command.js';
import { LaunchError } from '../../optimize/launch-error.js';
import type { CommandExit, Launch, Launcher, RunningCommand } from '../../optimize/launcher.js';
import { LogFile } from '../../optimize/local/log-file.js';
import { followJob } from './follow-job.js';
import type { RayClient } from './ray-client.js';
import { RayError } from './ray-error.js';

export interface RayLauncherOptions {
  client: RayClient;
  /** What each command has to itself; fractions are allowed. Ray sets CUDA_VISIBLE_DEVICES by it. Default 1 CPU. */
  cpus?: number;
  gpus?: number;
  /** Whether the nodes see this machine's disk under the same paths. Default false. */
  sharesDisk?: boolean;
  /** Between two looks at a job. Default 1 s. */
  everyMs?: number;
}

/** A job that was told to stop has so long before Ray kills it; `stop` cannot say it later. */
const graceSeconds = 60;

/**
 * Commands as jobs of Ray. Folder and program must be on the nodes; the trial's folder is made there, with its files. Ray gives both
 * streams of a command as one: all lines come as `stdout`.
 */
export class RayLauncher implements Launcher {
  readonly place: string;
  readonly sharesDisk: boolean;
  readonly #running = new Set<RayCommand>();

  constructor(private readonly options: RayLauncherOptions) {
    this.place = `Ray at ${options.client.address}`;
    this.sharesDisk = options.sharesDisk ?? false;
  }

  async start(launch: Launch): Promise<RunningCommand> {
    const { client, cpus = 1, gpus } = this.options;
    const id = `goldilocks-${launch.purpose.replace(/\W+/g, '-')}-${randomUUID()}`;
    const env = { RAY_JOB_STOP_WAIT_TIME_S: String(graceSeconds), ...launch.env };
    try {
      await client.submit({ submissionId: id, entrypoint: entrypointOf(launch), env, cpus, gpus });
    } catch (error) {
      if (!(error instanceof RayError)) throw error;
      throw new LaunchError(`${launch.purpose} could not start. ${error.message}`, { exitCode: 1, cause: error });
    }
    const log = await LogFile.create(join(launch.trialDirectory, 'stdout.log'));
    const command = new RayCommand(client, id, launch, log, this.options.everyMs);
    this.#running.add(command);
    void command.exit.then(() => this.#running.delete(command));
    return command;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((command) => command.stop(0)));
  }
}

class RayCommand implements RunningCommand {
  readonly exit: Promise<CommandExit>;

  constructor(
    private readonly client: RayClient,
    readonly id: string,
    launch: Launch,
    log: LogFile,
    everyMs: number | undefined,
  ) {
    this.exit = this.#follow(launch, log, everyMs);
  }

  async stop(_graceMs: number): Promise<CommandExit> {
    // A Ray that cannot be reached is noticed by the follower.
    await this.client.stop(this.id).catch(() => undefined);
    return this.exit;
  }

  async #follow(launch: Launch, log: LogFile, everyMs: number | undefined): Promise<CommandExit> {
    try {
      const end = await followJob(this.client, this.id, {
        onLog: (chunk) => log.write(chunk),
        onLine: (text) => launch.onLine({ stream: 'stdout', text }),
        everyMs,
      });
      const outOfMemory = end.kind === 'lost' && /out of memory|OOM/i.test(end.reason);
      return outOfMemory ? { ...end, outOfMemory } : end;
    } catch (error) {
      return { kind: 'lost', reason: (error as Error).message };
    } finally {
      await log.close().catch(() => undefined); // what was written is on disk
    }
  }
}

/** A shell line that places the files, enters the folder, and becomes the command. */
function entrypointOf({ argv, files, trialDirectory, workingDirectory }: Launch): string {
  const paths = files.map(({ path, content }) => ({ path: join(trialDirectory, path), content }));
  const folders = [...new Set([trialDirectory, ...paths.map(({ path }) => dirname(path))])];
  return [
    `mkdir -p ${folders.map(quote).join(' ')}`,
    ...paths.map(({ path, content }) => `printf %s ${quote(content)} > ${quote(path)}`),
    `cd ${quote(workingDirectory)}`,
    `exec ${argv.map(quote).join(' ')}`,
  ].join(' && ');
}
