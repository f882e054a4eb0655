// What the trials so far say of each hyperparameter, as in the report but at any time.
import { z } from 'zod';
import { count } from '../numbers.js';
import { hyperparameterSchema, otherSettingSchema } from '../report/hyperparameter.js';

export const findingsSchema = z.object({
  /** The seven in their order; empty before the first trial has a value, and then `sentence` says so. */
  hyperparameters: z.array(hyperparameterSchema),
  otherSettings: z.array(otherSettingSchema),
  /** What chance alone makes of a difference in the objective; null where not known. */
  noise: z.number().nullable(),
  /** The trial whose settings are the best so far. */
  incumbent: count.nullable(),
  /** Trials that these findings rest on. */
  trials: count,
  /** True where the study is over: nothing here will change. */
  final: z.boolean(),
  sentence: z.string(),
});

export type LiveFindings = z.infer<typeof findingsSchema>;
