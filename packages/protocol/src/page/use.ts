// The tuned model: tried beside the base model, its mistakes, and taken away.
import { z } from 'zod';
import { count } from '../numbers.js';

/** Base and tuned model get the same prompt, seed and settings. */
export const answerRequestSchema = z.object({
  prompt: z.string().min(1).max(100_000),
  /** Default: both. */
  models: z
    .array(z.enum(['base', 'tuned']))
    .min(1)
    .optional(),
  maxTokens: z.int().min(1).max(4096).optional(),
  temperature: z.number().min(0).max(5).optional(),
  topP: z.number().gt(0).max(1).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
});
export const answerNewsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), model: z.enum(['base', 'tuned']), name: z.string(), hash: z.string() }),
  z.object({ type: z.literal('piece'), model: z.enum(['base', 'tuned']), text: z.string() }),
  z.object({ type: z.literal('answer'), model: z.enum(['base', 'tuned']), text: z.string(), seconds: z.number() }),
  z.object({ type: z.literal('done') }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);

/** Examples that training never saw. */
export const heldOutQuerySchema = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});
export const heldOutSchema = z.object({
  total: count,
  examples: z.array(z.object({ index: count, prompt: z.string(), expected: z.string() })),
});

export const confusionSchema = z.object({
  labels: z.array(z.string()),
  /** Rows are the right labels, columns the answers; null where the test is not done. */
  base: z.array(z.array(count)).nullable(),
  tuned: z.array(z.array(count)).nullable(),
  /** The test examples behind each cell off the diagonal, at most twenty a cell. */
  errors: z.array(
    z.object({
      model: z.enum(['base', 'tuned']),
      expected: z.string(),
      answered: z.string(),
      text: z.string(),
      place: z.string(),
    }),
  ),
  /** Why there is no matrix; empty where there is one. */
  sentence: z.string(),
});

/** How weights can be stored. */
const dtype = z.enum(['F32', 'F16', 'BF16', 'Q8_0']);

export const exportRequestSchema = z.object({
  format: z.string().max(40),
  /** Relative to the workspace; new or empty. Default: beside the result, named after it and the format. */
  out: z.string().max(4000).optional(),
  /** One of the format's; default: the first. */
  dtype: dtype.optional(),
});
export const exportJobSchema = z.object({
  id: z.string(),
  format: z.string(),
  dtype: dtype.optional(),
  out: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** What is being done, or what came of it. */
  note: z.string(),
  /** Written so far, and expected in all where known. */
  bytes: count,
  totalBytes: count.nullable(),
  startedAt: z.string(),
});

export const takeawaySchema = z.object({
  /** Where the model lies; null before it is there. */
  output: z.string().nullable(),
  formats: z.array(
    z.object({
      format: z.string(),
      title: z.string(),
      /** For whom. */
      note: z.string(),
      available: z.boolean(),
      /** Why not, where it is not. */
      because: z.string(),
      /** The first is the default. */
      dtypes: z.array(dtype),
    }),
  ),
  exports: z.array(exportJobSchema),
  snippets: z.array(z.object({ title: z.string(), language: z.string(), code: z.string(), needs: z.string() })),
  /** The one command that makes the same again. */
  reproduce: z.string(),
});

export type AnswerRequest = z.infer<typeof answerRequestSchema>;
export type AnswerNews = z.infer<typeof answerNewsSchema>;
export type HeldOut = z.infer<typeof heldOutSchema>;
export type Confusion = z.infer<typeof confusionSchema>;
export type ExportRequest = z.infer<typeof exportRequestSchema>;
export type ExportJob = z.infer<typeof exportJobSchema>;
export type Takeaway = z.infer<typeof takeawaySchema>;
