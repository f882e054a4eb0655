/** Errors with which every storage refuses a write. */

import { InvalidParameterError, TrialNotRunningError } from '../errors.js';

/** The error for a write to a trial that is not running. */
export function notRunning(number: number, state: string): TrialNotRunningError {
  const why = state === 'WAITING' ? 'it is waiting; start it by asking' : `it has already ended as ${state}`;
  return new TrialNotRunningError(`Trial ${number} cannot be written to: ${why}.`);
}

/** The error for setting a parameter twice. */
export function alreadySet(number: number, name: string): InvalidParameterError {
  return new InvalidParameterError(`Parameter '${name}' of trial ${number} is already set and cannot change.`);
}
