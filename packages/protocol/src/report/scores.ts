// Scores on the test examples, with how sure they are.
import { z } from 'zod';

/** A measured value; low and high bound its 95 % interval. All three are null where the uncertainty was not measured. */
export const estimateSchema = z
  .object({
    value: z.number(),
    standardError: z.number().min(0).nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })
  .meta({ id: 'Estimate' });

/** One model on the test examples. */
export const scoreSchema = z
  .object({
    /** The task's metric, as named in `task.metric`; null where it could not be measured. */
    metric: estimateSchema.nullable(),
    /** Nats per supervised token. */
    loss: estimateSchema,
    bitsPerByte: z.number(),
    /** Further metrics by name. */
    others: z.record(z.string(), z.number()),
  })
  .meta({ id: 'Score' });

/** What needs no language model: the commonest answer, a rule on words. */
export const baselineSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    metric: estimateSchema,
    /** What it does, in a sentence. */
    note: z.string(),
  })
  .meta({ id: 'Baseline' });

/** Paired differences on the same examples, in the quantities' own directions. */
export const differenceSchema = z
  .object({ metric: estimateSchema.nullable(), loss: estimateSchema })
  .meta({ id: 'Difference' });

export const scoresSchema = z
  .object({
    testExamples: z.int().min(0),
    base: scoreSchema,
    recommended: scoreSchema,
    /** Equal to `recommended` where nothing better was found. */
    found: scoreSchema,
    baselines: z.array(baselineSchema),
    foundMinusBase: differenceSchema,
    foundMinusRecommended: differenceSchema,
  })
  .meta({ id: 'Scores' });

export type Estimate = z.infer<typeof estimateSchema>;
export type Score = z.infer<typeof scoreSchema>;
export type Baseline = z.infer<typeof baselineSchema>;
export type Difference = z.infer<typeof differenceSchema>;
export type Scores = z.infer<typeof scoresSchema>;
