// What a report says about its surroundings: the base model, the data, the plan, the cost, how to reproduce.
import { z } from 'zod';
import { paramValueSchema, stageSchema } from '../journey-event.js';
import { trainingSettingsSchema } from '../settings.js';

const count = z.int().min(0);
const seconds = z.number().min(0);

export const baseModelSchema = z
  .object({
    name: z.string(),
    /** The commit of a model of the Hugging Face Hub. */
    revision: z.string().optional(),
    /** SHA-256 over configuration and weights. */
    hash: z.string(),
    parameters: count,
    layers: count,
  })
  .meta({ id: 'BaseModel' });

export const reportDataSchema = z
  .object({
    file: z.string(),
    /** SHA-256 of the file. */
    hash: z.string(),
    rows: count,
    usable: count,
    splits: z.object({ train: count, validation: count, test: count }),
    /** How the columns were read, in a sentence. */
    guess: z.string(),
    problems: z.array(z.object({ kind: z.string(), count, sentence: z.string() })),
    /** Tokens of an example with the base model's tokenizer; null where not counted. */
    tokens: z.object({ median: z.number(), longest: z.number(), truncatedExamples: count }).nullable(),
  })
  .meta({ id: 'ReportData' });

export const taskSchema = z
  .object({
    kind: z.enum(['label', 'text']),
    /** The task in a sentence. */
    sentence: z.string(),
    labels: z.array(z.string()),
    metric: z.object({
      name: z.string(),
      title: z.string(),
      higherIsBetter: z.boolean(),
      /** Whether values are shares to show in percent. */
      percent: z.boolean(),
    }),
    /** What the search minimised or maximised. */
    objective: z.object({ name: z.string(), title: z.string(), direction: z.enum(['minimize', 'maximize']) }),
  })
  .meta({ id: 'Task' });

export const sourceSchema = z.object({ title: z.string(), url: z.string().nullable() }).meta({ id: 'Source' });

/** An adjustment of the plan: what was changed before the search, and why. */
export const adjustmentSchema = z
  .object({
    name: z.string(),
    from: paramValueSchema,
    to: paramValueSchema,
    sentence: z.string(),
    source: sourceSchema.nullable(),
    /** True where the evidence is thin and only a pilot can tell. */
    priorOnly: z.boolean(),
  })
  .meta({ id: 'Adjustment' });

export const lossPairSchema = z.object({ loss: z.number(), bitsPerByte: z.number() });

/** How much of the base skill is left, on the reference text. */
export const retentionSchema = z
  .object({
    text: z.string(),
    before: lossPairSchema,
    after: lossPairSchema,
    /** Change of the loss in percent; positive = forgotten. */
    changePercent: z.number(),
    sentence: z.string(),
  })
  .meta({ id: 'Retention' });

export const beforeAfterSchema = z
  .object({
    prompt: z.string(),
    expected: z.string(),
    base: z.string(),
    tuned: z.string(),
    baseCorrect: z.boolean().nullable(),
    tunedCorrect: z.boolean().nullable(),
  })
  .meta({ id: 'BeforeAfter' });

/** A diagnosis from the curves in plain words, with the one adjustment it suggests. */
export const reportDiagnosisSchema = z
  .object({
    kind: z.string(),
    message: z.string(),
    advice: z.string(),
    source: sourceSchema.nullable(),
  })
  .meta({ id: 'ReportDiagnosis' });

export const costSchema = z
  .object({
    stages: z.array(z.object({ stage: stageSchema, seconds })),
    seconds,
    tokens: count,
    trials: z.object({ complete: count, pruned: count, paused: count, failed: count }),
    peakMemoryBytes: count,
    budget: z.object({ seconds: seconds.nullable(), trials: count.nullable() }),
    /** Processor and its cores, as the system names them. */
    machine: z.string(),
  })
  .meta({ id: 'Cost' });

export const reproduceSchema = z
  .object({
    /** One line for a shell. */
    command: z.string(),
    seed: count,
    versions: z.record(z.string(), z.string()),
    dataHash: z.string(),
    modelHash: z.string(),
    /** How examples were laid out, and prompts must be when the model is used. */
    template: z.enum(['plain', 'chat']).optional(),
    /** Of the final run. */
    settings: trainingSettingsSchema,
  })
  .meta({ id: 'Reproduce' });

export type ReportData = z.infer<typeof reportDataSchema>;
export type Task = z.infer<typeof taskSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type Adjustment = z.infer<typeof adjustmentSchema>;
export type Retention = z.infer<typeof retentionSchema>;
export type BeforeAfter = z.infer<typeof beforeAfterSchema>;
export type ReportDiagnosis = z.infer<typeof reportDiagnosisSchema>;
export type Cost = z.infer<typeof costSchema>;
export type Reproduce = z.infer<typeof reproduceSchema>;
