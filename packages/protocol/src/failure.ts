// Why a training process did not give a result.
import { z } from 'zod';

/** `killed` is what a parent concludes when the process is gone without a last word. */
export const failureKinds = ['error', 'out-of-memory', 'killed'] as const;

export const failureSchema = z.object({
  kind: z.enum(failureKinds),
  /** A sentence a person can act on. */
  message: z.string(),
  /** For the log. */
  stack: z.string().optional(),
});

export type Failure = z.infer<typeof failureSchema>;
