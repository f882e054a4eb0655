// What can go wrong between page and server, as errors that a view can show.
import { errorSchema } from '@goldilocks/protocol/page';
import { text } from '../text.js';

/** An answer that is not 200: what went wrong, and what to do about it. */
export class ServerError extends Error {
  override name = 'ServerError';
  constructor(
    readonly status: number,
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}

/** No answer at all. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
  readonly advice = text.errors.unreachableAdvice;
  constructor() {
    super(text.errors.unreachable);
  }
}

export async function errorOf(response: Response): Promise<ServerError> {
  const parsed = errorSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return new ServerError(response.status, text.errors.odd(response.status), '');
  const { message, advice } = parsed.data.error;
  return new ServerError(response.status, message, advice);
}
