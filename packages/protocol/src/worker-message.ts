// What a child process and its parent say to each other: one job down, events up, one result or failure at the end.
import { z } from 'zod';
import { jobResultSchema, jobSchema } from './job.js';
import { trainingEventSchema } from './training-event.js';

/**
 * Parent to child. `run` comes first and once. `pause` and `stop` finish the step in progress and save it: after
 * `pause` the run is meant to go on later, after `stop` its best checkpoint so far is meant to be the result.
 */
export const workerRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), job: jobSchema }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('stop') }),
]);

export const failureKinds = ['error', 'out-of-memory', 'killed'] as const;

export const failureSchema = z.object({
  /** `killed` is what a parent concludes when the child is gone without a last word. */
  kind: z.enum(failureKinds),
  /** A sentence a person can act on. */
  message: z.string(),
  /** For the log. */
  stack: z.string().optional(),
});

/** Child to parent: any number of events, then exactly one `result` or `failed`, after which the child exits. */
export const workerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), pid: z.int().min(1) }),
  z.object({ type: z.literal('event'), event: trainingEventSchema }),
  z.object({ type: z.literal('result'), result: jobResultSchema }),
  z.object({ type: z.literal('failed'), failure: failureSchema }),
]);

export type WorkerRequest = z.infer<typeof workerRequestSchema>;
export type Failure = z.infer<typeof failureSchema>;
export type WorkerMessage = z.infer<typeof workerMessageSchema>;
