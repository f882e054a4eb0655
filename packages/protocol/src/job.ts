// The work a parent gives to a child process, one job a process, and what comes back of it.
import { z } from 'zod';
import { count, measuredNumber, share } from './numbers.js';
import { trainingSettingsSchema } from './settings.js';
import { diagnosisSchema, evaluationSchema, outcomeSchema } from './training-event.js';

const modelFields = {
  /** Directory of the base model, in Hugging Face form. */
  modelDirectory: z.string(),
  /** Shared by trials: prepared weights and the outputs of frozen layers. */
  cacheDirectory: z.string(),
  /** Directory of a tuned model or adapter to start from or to measure; absent = the base model as it is. */
  tunedDirectory: z.string().optional(),
  template: z.enum(['plain', 'chat']),
  /** Threads of the runtime; absent = its own choice. */
  threads: z.int().min(1).optional(),
};

/** Example files hold one trainer Example a line, as JSON. */
export const trainJobSchema = z.object({
  kind: z.literal('train'),
  ...modelFields,
  trainFile: z.string(),
  validationFile: z.string(),
  settings: trainingSettingsSchema,
  /** Holds the complete resumable state; a job continues from the latest checkpoint found there. */
  checkpointDirectory: z.string(),
  /** Pause here, as a share of the run's own schedule. */
  stopAtShare: share.optional(),
  /** The rungs: shares at which validation is measured too. */
  evaluateAtShares: z.array(share).optional(),
  validateAtStart: z.boolean().optional(),
  checkpointEverySeconds: z.number().gt(0).optional(),
  /** Where the weights of the best checkpoint go, as a directory that loads as a model; absent = not exported. */
  exportDirectory: z.string().optional(),
});

export const rampJobSchema = z.object({
  kind: z.literal('ramp'),
  ...modelFields,
  trainFile: z.string(),
  settings: trainingSettingsSchema,
  from: z.number().gt(0),
  to: z.number().gt(0),
  steps: z.int().min(2),
});

export const measureJobSchema = z.object({
  kind: z.literal('measure'),
  ...modelFields,
  settings: trainingSettingsSchema.pick({ maxLength: true, lossOn: true }),
  /** Files whose loss is measured, by a name of the caller's choice (validation, test, reference). */
  lossFiles: z.record(z.string(), z.string()),
  /** Prompts whose labels are scored by likelihood. */
  labels: z.object({ file: z.string(), labels: z.array(z.string()).min(2) }).optional(),
  generate: z
    .object({
      file: z.string(),
      maxTokens: z.int().min(1),
      temperature: z.number().min(0).optional(),
      topP: z.number().gt(0).max(1).optional(),
      seed: z.int().min(0).optional(),
    })
    .optional(),
});

export const jobSchema = z.discriminatedUnion('kind', [trainJobSchema, rampJobSchema, measureJobSchema]);

const spent = { seconds: z.number().min(0), peakMemoryBytes: count };

export const trainResultSchema = z.object({
  kind: z.literal('train'),
  outcome: outcomeSchema,
  step: count,
  totalSteps: count,
  best: evaluationSchema.optional(),
  history: z.array(evaluationSchema),
  diagnosis: diagnosisSchema.optional(),
  tokens: count,
  ...spent,
});

export const rampResultSchema = z.object({
  kind: z.literal('ramp'),
  points: z.array(z.object({ learningRate: z.number().gt(0), loss: measuredNumber })),
  ...spent,
});

export const measuredLossSchema = z.object({
  loss: measuredNumber,
  perplexity: measuredNumber,
  bitsPerByte: measuredNumber,
  perExample: z.array(measuredNumber),
});

export const measureResultSchema = z.object({
  kind: z.literal('measure'),
  losses: z.record(z.string(), measuredLossSchema),
  /** Index of the likeliest label, and the labels' normalised likelihoods, for each prompt. */
  labels: z.object({ predicted: z.array(count), probabilities: z.array(z.array(z.number())) }).optional(),
  generated: z.array(z.string()).optional(),
  ...spent,
});

export const jobResultSchema = z.discriminatedUnion('kind', [trainResultSchema, rampResultSchema, measureResultSchema]);

export type TrainJob = z.infer<typeof trainJobSchema>;
export type RampJob = z.infer<typeof rampJobSchema>;
export type MeasureJob = z.infer<typeof measureJobSchema>;
export type Job = z.infer<typeof jobSchema>;
export type TrainResult = z.infer<typeof trainResultSchema>;
export type RampResult = z.infer<typeof rampResultSchema>;
export type MeasuredLoss = z.infer<typeof measuredLossSchema>;
export type MeasureResult = z.infer<typeof measureResultSchema>;
export type JobResult = z.infer<typeof jobResultSchema>;
/** The result that belongs to a job. */
export type ResultOf<J extends Job> = Extract<JobResult, { kind: J['kind'] }>;
