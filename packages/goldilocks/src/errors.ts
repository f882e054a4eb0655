// The error a person is meant to read: one or two sentences, no stack trace.

/** Exit code of a UserError: 2 for bad usage or bad data, 1 for work that could not be done. */
export type UserErrorExitCode = 1 | 2;

export interface UserErrorOptions {
  /** 2 (the default) for bad usage or bad data; 1 for a failure that is not the person's doing. */
  exitCode?: UserErrorExitCode;
  cause?: unknown;
}

/**
 * Something the person can act on. The message says what is wrong, where (file and line, flag or setting) and what
 * to do, in whole sentences; the command line prints it as it is and ends with `exitCode`.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: UserErrorExitCode;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 2;
  }
}
