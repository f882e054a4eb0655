// Bounds the time of a computation that a downloaded file steers: a template may loop for ever, a tokenizer's pattern may backtrack for ever.
import { createContext, Script } from 'node:vm';
import { TextError } from '../errors.js';

const context = createContext({ work: undefined });
const script = new Script('work()');

/**
 * Runs `work` (synchronous) and stops it after so many milliseconds, wherever it is. Costs about 40 µs. Memory is not bounded, other than by
 * what can be allocated in that time.
 * @param what names the computation in the error
 * @throws TextError when the time is over; whatever `work` throws
 */
export function withTimeLimit<T>(milliseconds: number, what: string, work: () => T): T {
  context.work = work;
  try {
    return script.runInContext(context, { timeout: milliseconds }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TextError(
      `${what} did not end within ${milliseconds / 1000} seconds and was stopped. Use another model or a shorter text.`,
    );
  } finally {
    context.work = undefined;
  }
}
