// A checkpoint that cannot be read.

import { TrainerError } from '../errors.js';

export class CheckpointError extends TrainerError {
  override name = 'CheckpointError';
}
