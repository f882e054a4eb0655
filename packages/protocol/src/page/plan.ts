// The plan before a start, and the start.
import { z } from 'zod';
import { paramsSchema, paramValueSchema } from '../journey-event.js';
import { count } from '../numbers.js';
import { adjustmentSchema } from '../report/context.js';
import { scaleSchema, searchedSchema } from '../report/hyperparameter.js';
import { trainingSettingsSchema } from '../settings.js';
import { dataRequestSchema } from './data.js';

const seconds = z.number().min(0);

export const budgetSchema = z.object({
  minutes: z.number().positive().max(1e6).optional(),
  trials: z.int().positive().max(1e6).optional(),
});

/**
 * What a run is made of. `fixed` holds hyperparameters at a value, `ranges` searches them in another range than the
 * plan's; both by the names of the plan's hyperparameters, in values as people read them.
 */
export const runRequestSchema = dataRequestSchema.extend({
  model: z.string().max(4000).optional(),
  budget: budgetSchema.optional(),
  metric: z.enum(['loss', 'accuracy', 'macroF1', 'exactMatch', 'rougeL', 'chrF', 'bitsPerByte']).optional(),
  method: z.enum(['lora', 'full']).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  fixed: paramsSchema.optional(),
  ranges: z.record(z.string(), searchedSchema).optional(),
});

/** `pilot` trains a few steps to measure speed and memory; default true. */
export const planRequestSchema = runRequestSchema.extend({ pilot: z.boolean().optional() });

export const plannedHyperparameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What it does, in a sentence; empty for those beside the seven. */
  explanation: z.string(),
  /** Whether it is one of the seven. */
  chief: z.boolean(),
  unit: z.string(),
  scale: scaleSchema,
  /** The plan's value, which trial 0 takes. */
  value: paramValueSchema,
  /** What is recommended for the model before the data are looked at. */
  recommended: paramValueSchema,
  /** Null where it is held at the value; `fixed` says why. */
  searched: searchedSchema.nullable(),
  fixed: z.object({ by: z.enum(['user', 'plan']), because: z.string() }).nullable(),
  /** Where the value comes from. */
  source: z.string(),
});

export const planCostSchema = z.object({
  secondsPerRun: seconds,
  peakMemoryBytes: count,
  tokensPerSecond: z.number(),
  /** Trials that fit into the search's part of a budget in minutes. */
  trials: z.number().nullable(),
});

export const plannedSchema = z.object({
  model: z.object({ name: z.string(), parameters: count, layers: count }),
  taskKind: z.string(),
  settings: trainingSettingsSchema,
  hyperparameters: z.array(plannedHyperparameterSchema),
  adjustments: z.array(adjustmentSchema),
  stages: z.array(
    z.object({ stage: z.string(), seconds: seconds.nullable(), runs: z.number().nullable(), does: z.string() }),
  ),
  warnings: z.array(z.string()),
  /** How well the base model knows texts like these, in a sentence; empty where not measured. */
  similarity: z.string(),
  /** Null without a pilot. */
  cost: planCostSchema.nullable(),
});

/** While it is made: what is being done; then the plan, or why there is none. */
export const planNewsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({ type: z.literal('plan'), plan: plannedSchema }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);

/** `study` names it; default: the data's name with a number. */
export const startRequestSchema = runRequestSchema.extend({
  study: z
    .string()
    .regex(/^[\w][\w .-]{0,99}$/, 'must be of letters, digits, spaces, dots and dashes, at most 100')
    .optional(),
  /** The result's folder, relative to the workspace; default: the study's name with `-result`. */
  out: z.string().max(4000).optional(),
});
export const startedSchema = z.object({ study: z.string() });

export type RunRequest = z.infer<typeof runRequestSchema>;
export type PlanRequest = z.infer<typeof planRequestSchema>;
export type Planned = z.infer<typeof plannedSchema>;
export type PlannedHyperparameter = z.infer<typeof plannedHyperparameterSchema>;
export type PlanNews = z.infer<typeof planNewsSchema>;
export type StartRequest = z.infer<typeof startRequestSchema>;
