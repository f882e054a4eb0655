// Reads the command line, runs the verb, and turns every ending into an exit code.
import { Command, CommanderError } from 'commander';
import { wantsColor } from '../terminal/painter.js';
import { type ExitCode, explainFailure } from './failure.js';
import { tolerateLeavingReaders } from './streams.js';
import { usageError } from './usage-errors.js';
import { verbs } from './verbs.js';
import { version } from './version.js';

const description = `Fine-tunes a language model on your data and finds the hyperparameters that are just right.
Nothing leaves this machine.`;

const after = `
DATA is a file (JSONL, JSON, CSV, TSV, Parquet) or a folder of files (train, validation, test by name).
Without a verb, on a terminal, Goldilocks asks for what it needs.

Exit codes: 0 done, 1 failed, 2 bad usage or bad data, 130 interrupted and resumable.
Start here: goldilocks run examples/feedback/feedback.jsonl --budget 4m`;

export function createProgram(): Command {
  const program = new Command('goldilocks')
    .description(description)
    .version(version(), '--version', 'the version')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [verb]', 'help of a verb')
    .addHelpText('after', after)
    // A verb's flags are its own, also those of a verb within a verb.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, getErrHasColors: () => wantsColor(process.stderr) });
  for (const add of verbs) add(program);
  return program;
}

/** Runs the command line and returns its exit code; everything the person is to read has been written. */
export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  tolerateLeavingReaders();
  const program = createProgram();
  try {
    if (argv.length === 0) await startWithoutVerb(program);
    else await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return report(error instanceof CommanderError ? usageError(error, commandOf(program, argv)) : error, argv);
  }
}

async function startWithoutVerb(program: Command): Promise<void> {
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { askAndRun } = await import('./ask.js');
    await askAndRun(program);
  } else process.stdout.write(program.helpInformation());
}

function commandOf(program: Command, argv: readonly string[]): Command {
  return program.commands.find((command) => command.name() === argv[0]) ?? program;
}

function report(error: unknown, argv: readonly string[]): ExitCode {
  const { message, exitCode } = explainFailure(error);
  if (isJson(argv)) process.stdout.write(`${JSON.stringify({ error: { message, exitCode } })}\n`);
  // An interruption has been told by the progress, with the command that goes on.
  if (!(error instanceof Error && error.name === 'Interrupted')) process.stderr.write(`${message}\n`);
  if (process.env.GOLDILOCKS_DEBUG && error instanceof Error) process.stderr.write(`${traceOf(error)}\n`);
  return exitCode;
}

/** What follows -- is another program's. */
function isJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}

function traceOf(error: Error): string {
  const { remoteStack } = error as { remoteStack?: string };
  const cause = error.cause instanceof Error ? `\nCaused by ${traceOf(error.cause)}` : '';
  return (
    [
      error.stack ?? error.message,
      ...(remoteStack === undefined ? [] : [`In the training process: ${remoteStack}`]),
    ].join('\n') + cause
  );
}
