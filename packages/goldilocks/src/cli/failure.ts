// From whatever was thrown to a sentence and an exit code.
import { UserError } from '../errors.js';
import { fileErrorCode, writeError } from '../state/file-errors.js';
import { stripControl } from '../terminal/strip-control.js';

/** 0 done · 1 failed · 2 bad usage or bad data · 130 interrupted, and resumable. */
export type ExitCode = 0 | 1 | 2 | 130;

export interface Failure {
  /** Whole sentences for the person. */
  message: string;
  exitCode: ExitCode;
}

/** Errors of the engine that come from what the person gave; all others of its errors are failures. */
const badInput = new Set([
  'ModelFormatError',
  'SettingsError',
  'DataError',
  'TextError',
  'NothingToLearnError',
  'TrainerError',
]);

const failed = new Set(['OutputError', 'CheckpointError', 'ExportError', 'StorageError', 'StudyError', 'TrialFailure']);

export function explainFailure(error: unknown): Failure {
  const { message, exitCode } = classify(error);
  return { message: stripControl(message), exitCode };
}

function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: `Something went wrong: ${String(error)}`, exitCode: 1 };
  if (error instanceof UserError) return { message: error.message, exitCode: error.exitCode };
  if (error.name === 'Interrupted') return { message: error.message, exitCode: 130 };
  if (error.name === 'AbortError') return { message: 'Stopped.', exitCode: 130 };
  const kind = (error as { kind?: unknown }).kind;
  const name = error.name === 'TrialError' && typeof kind === 'string' ? kind : error.name;
  if (badInput.has(name)) return { message: error.message, exitCode: 2 };
  if (failed.has(name)) return { message: error.message, exitCode: 1 };
  return fileFailure(error) ?? unexpected(error);
}

function fileFailure(error: NodeJS.ErrnoException): Failure | undefined {
  const path = error.path ?? 'a file';
  if (error.code === 'ENOENT' && error.path !== undefined) {
    return { message: `There is no ${path}. Check the path.`, exitCode: 2 };
  }
  if (error.syscall === 'open' && (error as { flags?: string }).flags === 'r') return undefined;
  if (fileErrorCode(error) === undefined) return undefined;
  const explained = writeError(path, error);
  return explained instanceof UserError ? { message: explained.message, exitCode: explained.exitCode } : undefined;
}

function unexpected({ name, message }: Error): Failure {
  return {
    message:
      `Goldilocks failed in a way it did not foresee (${name}: ${message.split('\n')[0]}). ` +
      'Run it again with GOLDILOCKS_DEBUG=1 to see where, and report what it shows.',
    exitCode: 1,
  };
}
