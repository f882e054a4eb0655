// The messages between the product and a training process.
import type { OperationName } from './operations.js';

export type ToChild =
  | { type: 'run'; id: number; operation: OperationName; input: unknown }
  /** Ends operation `id` as soon as it can be ended well. */
  | { type: 'stop'; id: number }
  | { type: 'close' };

export interface RemoteError {
  kind: string;
  message: string;
  stack?: string;
  /** Present for a UserError. */
  exitCode?: 1 | 2;
}

export type FromChild =
  | { type: 'event'; id: number; event: unknown }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; error: RemoteError }
  | { type: 'alive' };
