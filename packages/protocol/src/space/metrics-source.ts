// Where a command reports its metrics, as the space file and --metrics say it.
import { z } from 'zod';

const path = z
  .string()
  .min(1)
  .describe('{trial_dir} and other placeholders may be in it; relative to the working folder');

export const metricsSourceSchema = z.discriminatedUnion('from', [
  /** Lines of the output that are JSON objects, or Python dicts as the Hugging Face Trainer prints them. */
  z.strictObject({ from: z.literal('output') }),
  z.strictObject({
    from: z.literal('pattern'),
    pattern: z.string().min(1).describe('JavaScript regular expression; its named groups are metrics'),
  }),
  z.strictObject({ from: z.literal('tensorboard'), path }),
  z.strictObject({ from: z.literal('file'), path: path.describe('a .jsonl, .json or .csv file') }),
]);

export type MetricsSource = z.infer<typeof metricsSourceSchema>;
