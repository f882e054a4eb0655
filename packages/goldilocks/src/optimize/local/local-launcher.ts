// Runs commands on this machine: no shell, a process group for each, nothing left behind.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../errors.js';
import { writeFileAtomic } from '../../state/atomic.js';
import { excerpt } from '../../terminal/strip-control.js';
import { oomKills } from '../../workers/failure.js';
import { deviceEnvironment } from '../device-environment.js';
import { LaunchError } from '../launch-error.js';
import type { CommandExit, Launch, Launcher, OutputLine, RunningCommand } from '../launcher.js';
import { Guard } from './guard.js';
import { LineSplitter } from './line-splitter.js';
import { LogFile } from './log-file.js';
import { endAll, MARK, type Started } from './processes.js';

export interface LocalLauncherOptions {
  /** The program that ends commands when this process is gone; default: the one that ships. */
  readonly guardian?: string;
  /** Bytes that are kept of each stream of a command. */
  readonly logLimit?: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** After its end a command's output is read until it ends, or nothing has come for so long: somebody unknown holds it. */
const QUIET_MS = 1000;
/** Somebody unknown who never falls silent is left after so many looks. */
const MOST_LOOKS = 60;
/** What a command left running when it ended has so long to end. */
const LEFTOVERS_MS = 3000;

export class LocalLauncher implements Launcher {
  readonly place = 'this machine';
  readonly sharesDisk = true;
  readonly #options: LocalLauncherOptions;
  readonly #guard: Guard;
  readonly #running = new Set<LocalCommand>();

  constructor(options: LocalLauncherOptions = {}) {
    this.#options = options;
    this.#guard = new Guard(options.guardian);
  }

  async start(launch: Launch): Promise<RunningCommand> {
    for (const { path, content } of launch.files) {
      await writeFileAtomic(join(launch.trialDirectory, path), content);
    }
    const logs = await Promise.all(
      ['stdout.log', 'stderr.log'].map((name) =>
        LogFile.create(join(launch.trialDirectory, name), this.#options.logLimit),
      ),
    );
    await this.#guard.ready();
    const mark = randomUUID();
    const child = await spawned(launch, mark).catch(async (error: unknown) => {
      await Promise.all(logs.map((log) => log.close()));
      throw error;
    });
    const started = { pid: child.pid!, mark };
    this.#guard.guard(started);
    const command = new LocalCommand(child, started, launch, logs as [LogFile, LogFile]);
    this.#running.add(command);
    void command.exit.then(() => {
      this.#guard.release(started);
      this.#running.delete(command);
    });
    return command;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((command) => command.stop(0)));
    this.#guard.close();
  }
}

/** Resolves when the program runs. */
function spawned({ argv, env, workingDirectory, device }: Launch, mark: string): Promise<Child> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(explain(error, program, workingDirectory));
    try {
      const child = spawn(program, args, {
        cwd: workingDirectory,
        env: { ...process.env, ...deviceEnvironment(device), ...env, [MARK]: mark },
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.once('error', refuse);
      child.once('spawn', () => resolve(child));
    } catch (error) {
      refuse(error as NodeJS.ErrnoException); // an argument with a NUL byte, a list of arguments that is too long
    }
  });
}

function explain(error: NodeJS.ErrnoException, program: string, folder: string): LaunchError {
  const name = `«${excerpt(program, 200)}»`;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return new LaunchError(`The command cannot start: there is no folder ${excerpt(folder, 200)}.`, { cause: error });
  }
  if (error.code === 'ENOENT') {
    const remedy = program.includes('/') ? 'Check the path' : 'Check the spelling, or give its whole path';
    return new LaunchError(`There is no program ${name} here. ${remedy}.`, { cause: error });
  }
  if (error.code === 'EACCES') {
    return new LaunchError(
      `${name} may not be run: it is not an executable file. Name its interpreter too, such as python ${name}.`,
      { cause: error },
    );
  }
  if (error.code === 'E2BIG') {
    return new LaunchError(`The arguments of ${name} are longer than this system allows. Use {params_file}.`, {
      cause: error,
    });
  }
  return new LaunchError(`${name} could not be started: ${error.message}.`, { exitCode: 1, cause: error });
}

class LocalCommand implements RunningCommand {
  readonly id: string;
  readonly exit: Promise<CommandExit>;
  readonly #started: Started;
  readonly #oomKillsBefore = oomKills();
  #graceMs = LEFTOVERS_MS;
  #stopping: Promise<void> | undefined;
  #lost: string | undefined;
  /** Chunks of output that have come, and how many of them have been taken in. */
  #came = 0;
  #taken = 0;

  constructor(child: Child, started: Started, launch: Launch, logs: readonly [LogFile, LogFile]) {
    this.id = String(started.pid);
    this.#started = started;
    const ended = new Promise<CommandExit>((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(code === null ? { kind: 'signalled', signal: signal! } : { kind: 'exited', code }),
      );
    });
    const read = Promise.all([
      this.#read(child.stdout, 'stdout', launch, logs[0]),
      this.#read(child.stderr, 'stderr', launch, logs[1]),
    ]);
    this.exit = this.#whole(child, ended, read);
  }

  async stop(graceMs: number): Promise<CommandExit> {
    this.#graceMs = this.#stopping === undefined ? graceMs : Math.min(this.#graceMs, graceMs);
    this.#stopping ??= endAll(this.#started, () => this.#graceMs);
    return this.exit;
  }

  /** The command's end, then that of what it left running, then that of its output. */
  async #whole(child: Child, ended: Promise<CommandExit>, read: Promise<unknown>): Promise<CommandExit> {
    const exit = await ended;
    const killedForMemory = exit.kind === 'signalled' && exit.signal === 'SIGKILL' && this.#memoryWasShort();
    this.#stopping ??= endAll(this.#started, () => this.#graceMs);
    await this.#stopping;
    await this.#drain(child, read);
    if (this.#lost !== undefined) return { kind: 'lost', reason: this.#lost };
    return killedForMemory ? { ...exit, outOfMemory: true } : exit;
  }

  /** Waits for the end of the output, or for silence. */
  async #drain(child: Child, read: Promise<unknown>): Promise<void> {
    const isRead = read.then(() => true);
    for (let looks = 0, came = -1; looks < MOST_LOOKS && (this.#came > came || this.#taken < came); looks++) {
      came = this.#came;
      const over = new AbortController();
      const quiet = sleep(QUIET_MS, false, { signal: over.signal }).catch(() => false);
      const hasEnded = await Promise.race([isRead, quiet]);
      over.abort();
      if (hasEnded) return;
      // Where this process itself stood still, what has come meanwhile is seen only now.
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.stdout.destroy();
    child.stderr.destroy();
    await read;
  }

  #memoryWasShort(): boolean {
    const after = oomKills();
    return this.#oomKillsBefore !== undefined && after !== undefined && after > this.#oomKillsBefore;
  }

  async #read(stream: Readable, name: OutputLine['stream'], launch: Launch, log: LogFile): Promise<void> {
    const splitter = new LineSplitter();
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        this.#came++;
        await log.write(chunk);
        for (const text of splitter.push(chunk)) await launch.onLine({ stream: name, text });
        this.#taken++;
      }
    } catch (error) {
      // A disk that is full ends the command; a stream destroyed after the end is as good as ended.
      if (error instanceof UserError) {
        this.#lost = error.message;
        void this.stop(0);
      } else if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
        this.#lost = `its output could not be read: ${(error as Error).message}`;
        void this.stop(0);
      }
    }
    for (const text of splitter.end()) await launch.onLine({ stream: name, text });
    await log.close();
  }
}
