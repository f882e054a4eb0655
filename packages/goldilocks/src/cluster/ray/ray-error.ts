// What can go wrong between us and Ray.
import { UserError } from '../../errors.js';

/** Ray refused, or could not be reached for as long as we were patient. */
export class RayError extends UserError {
  override readonly name = 'RayError';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { exitCode: 1, ...options });
  }
}
