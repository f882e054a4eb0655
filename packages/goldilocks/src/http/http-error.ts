// Errors that are the answer to a request.
import { StudyError, StudyNotFoundError, TrialNotFoundError, TrialNotRunningError } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { stripControl } from '../terminal/strip-control.js';

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 500;

export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: ErrorStatus,
    message: string,
    /** What to do, where the message does not say it. */
    readonly advice = '',
  ) {
    super(message);
  }
}

/** The status and the sentence for whatever was thrown. */
export function answerOf(error: unknown): { status: ErrorStatus; message: string } {
  if (error instanceof HttpError) return { status: error.status, message: error.message };
  if (error instanceof StudyNotFoundError || error instanceof TrialNotFoundError) return told(404, error);
  if (error instanceof TrialNotRunningError) return told(409, error);
  if (error instanceof UserError || error instanceof StudyError) return told(400, error);
  return { status: 500, message: `The server failed in a way it did not foresee: ${stripControl(String(error))}` };
}

function told(status: ErrorStatus, { message }: Error) {
  return { status, message: stripControl(message) };
}
