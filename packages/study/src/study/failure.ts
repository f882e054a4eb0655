/** Why a trial failed, as it is stored with it. */

/** Key of the system attribute that holds the reason. */
export const FAILURE_KEY = 'failure';

/** An error as one line. */
export function failureOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
