// The published schema of report.json: everything a person or a program may want to know of a finished journey.
import { z } from 'zod';
import {
  adjustmentSchema,
  baseModelSchema,
  beforeAfterSchema,
  costSchema,
  reportDataSchema,
  reportDiagnosisSchema,
  reproduceSchema,
  retentionSchema,
  taskSchema,
} from './context.js';
import { gainSchema } from './gain.js';
import { hyperparameterSchema, otherSettingSchema } from './hyperparameter.js';
import { confirmationSchema, learningCurveSchema, reportTrialSchema } from './runs.js';
import { scoresSchema } from './scores.js';

/** Grows when a reader of the version before could misread a report; new optional fields leave it. */
export const reportVersion = 1;

export const verdictSchema = z.object({
  /** `better`: than the recommended settings beyond noise; `within-noise`: ahead, but it may be chance; `nothing-better`. */
  kind: z.enum(['better', 'within-noise', 'nothing-better']),
  /** Whose settings the delivered model was trained with. */
  delivered: z.enum(['found', 'recommended']),
  /** A few words. */
  headline: z.string(),
  /** The numbers behind them, in one or two sentences. */
  sentence: z.string(),
});

export const reportSchema = z.object({
  format: z.literal('goldilocks-report'),
  version: z.literal(reportVersion),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  study: z.string(),
  verdict: verdictSchema,
  baseModel: baseModelSchema,
  data: reportDataSchema,
  task: taskSchema,
  scores: scoresSchema,
  /** The seven, always all of them and in order. */
  hyperparameters: z.array(hyperparameterSchema).length(7),
  otherSettings: z.array(otherSettingSchema),
  /** What each changed value brought; null where the recommended settings are delivered, or too few trials tell. */
  gain: gainSchema.nullable().optional(),
  adjustments: z.array(adjustmentSchema),
  trials: z.array(reportTrialSchema),
  /** The differences in the objective that chance alone makes; null where not known. */
  noise: z.number().min(0).nullable(),
  learningCurves: z.array(learningCurveSchema),
  confirmation: confirmationSchema.nullable(),
  retention: retentionSchema.nullable(),
  examples: z.array(beforeAfterSchema),
  diagnoses: z.array(reportDiagnosisSchema),
  cost: costSchema,
  reproduce: reproduceSchema,
  /** What was written, by path as a person would type it. */
  files: z.array(z.object({ path: z.string(), title: z.string() })),
  next: z.array(z.object({ command: z.string(), why: z.string() })),
  warnings: z.array(z.string()),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type Report = z.infer<typeof reportSchema>;
