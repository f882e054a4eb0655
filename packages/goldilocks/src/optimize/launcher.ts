// Where a trial's command runs: the contract that this machine and a cluster's engine both meet.

/** A file that the command expects to find when it starts. */
export interface PlacedFile {
  /** Relative to the trial's folder. */
  readonly path: string;
  readonly content: string;
}

export interface Launch {
  /** A word for messages, such as `trial 7`. */
  readonly purpose: string;
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly [program: string, ...args: string[]];
  /** Added to the environment that commands have there anyway. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder the command starts in. */
  readonly workingDirectory: string;
  /** The trial's own folder on this machine; it exists. `stdout.log` and `stderr.log` are written into it. */
  readonly trialDirectory: string;
  readonly files: readonly PlacedFile[];
  /** The accelerator this command has to itself, as its vendor numbers it; undefined where none was assigned. */
  readonly device?: string;
  /**
   * Takes each line, without its end. Lines of one stream come in order and one at a time: the next comes when the
   * promise has resolved, and meanwhile the command may wait for its output to be read. Must not throw.
   */
  onLine(line: OutputLine): void | Promise<void>;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  /** At most 64 KiB; of a longer line, its beginning. */
  readonly text: string;
}

/**
 * How a command ended. `lost`: nobody knows, as when its machine went away; it is gone or will be of no use.
 * `outOfMemory`: whoever ran it knows that it was ended for want of memory.
 */
export type CommandExit = { readonly outOfMemory?: boolean } & (
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'lost'; readonly reason: string }
);

/** A command that was started. */
export interface RunningCommand {
  /** What its engine calls it: a process id, a job's id. */
  readonly id: string;
  /** Resolves, and never rejects, when the command has ended and `onLine` has had all its lines. */
  readonly exit: Promise<CommandExit>;
  /**
   * Asks the command and all that it started to end, and ends them after `graceMs`. Resolves with its exit. Calling it
   * again with a shorter grace shortens it; after the end it does nothing.
   */
  stop(graceMs: number): Promise<CommandExit>;
}

export interface Launcher {
  /** For messages, such as `this machine`. */
  readonly place: string;
  /** Whether commands see this machine's disk: without it, metrics can only be read from their output. */
  readonly sharesDisk: boolean;
  /**
   * Places the files and starts the command. May be called while others run; as many run at a time as are asked for.
   * @throws LaunchError when it cannot start: then it would not start for any trial
   */
  start(launch: Launch): Promise<RunningCommand>;
  /** Ends what still runs and frees what was held. May be called more than once. */
  close(): Promise<void>;
}
