// One run of a confirmation.
import type { Failure } from '@goldilocks/protocol';

export interface ConfirmRun {
  trial: number;
  seed: number;
  folder: string;
  /** The objective, smaller is better; null where the run failed. */
  value: number | null;
  loss: number | null;
  /** The objective's part of each validation example. */
  perExample: number[];
  failure?: { kind: Failure['kind'] | 'diverged'; reason: string };
}
