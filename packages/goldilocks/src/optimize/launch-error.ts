// A command that cannot be started at all.
import { UserError } from '../errors.js';

/** No trial could start: the program is not there, may not be run, or the engine refuses. Ends the search. */
export class LaunchError extends UserError {
  override readonly name = 'LaunchError';
}
