// Data before they are used: brought in, inspected, looked through, corrected.
import { z } from 'zod';
import { count } from '../numbers.js';
import { dataFileSchema } from './workspace.js';

const name = z.string().min(1).max(500);

/** How to read data; what is left out is guessed. `data` is relative to the workspace. */
export const dataRequestSchema = z.object({
  data: z.string().min(1).max(4000),
  task: z.enum(['classification', 'generation', 'text']).optional(),
  textColumn: name.optional(),
  promptColumn: name.optional(),
  completionColumn: name.optional(),
  labelColumn: name.optional(),
  labelColumns: z.array(name).optional(),
  splitColumn: name.optional(),
  skipBadRows: z.boolean().optional(),
  validationShare: z.number().gt(0).lt(1).optional(),
  testShare: z.number().gt(0).lt(1).optional(),
});

export const inspectRequestSchema = dataRequestSchema.extend({ model: z.string().max(4000).optional() });

export const uploadQuerySchema = z.object({
  /** The file's name as the person has it; cleaned, and numbered where the name is taken. */
  name: z.string().min(1).max(300),
});
export const uploadAnswerSchema = z.object({ file: dataFileSchema });

const severity = z.enum(['error', 'warning', 'note']);
export const splitSchema = z.enum(['train', 'validation', 'test']);

const lengths = z.object({ median: z.number(), percentile95: z.number(), max: z.number() });

export const problemSchema = z.object({
  kind: z.string(),
  severity,
  count,
  message: z.string(),
  advice: z.string(),
  /** The first rows concerned, as `file:line`. */
  places: z.array(z.string()),
});

/** Bars of equal width from `low` to `high`. */
export const histogramSchema = z.object({ low: z.number(), high: z.number(), counts: z.array(count) });

export const inspectionSchema = z.object({
  /** To ask for rows by; known to the server until it ends. */
  id: z.string(),
  data: z.string(),
  format: z.string(),
  shape: z.string(),
  /** Which columns were taken for what, and why. */
  guess: z.string(),
  columns: z.object({ input: z.array(z.string()), target: z.array(z.string()), split: z.string().nullable() }),
  task: z.enum(['classification', 'generation', 'text']),
  rows: count,
  splits: z.object({ train: count, validation: count, test: count }),
  splitNote: z.string(),
  labels: z.array(z.object({ label: z.string(), count })).nullable(),
  problems: z.array(problemSchema),
  lengths: z.object({
    inputCharacters: lengths,
    targetCharacters: lengths,
    tokens: lengths.extend({ total: count, maxLength: count.nullable(), rowsCut: count, tokensCut: count }).nullable(),
    /** Of whole examples, in characters. */
    histogram: histogramSchema,
  }),
  shares: z.object({
    exactDuplicates: z.number(),
    nearDuplicates: z.number(),
    contradictions: z.number(),
    outliers: z.number(),
    /** Labels that look wrong, by estimate; null where it cannot be told. */
    labelNoise: z.number().nullable(),
  }),
  languages: z.array(z.object({ language: z.string(), share: z.number() })),
  /** What needs no language model reaches, as accuracy. */
  baselines: z.object({ majority: z.number(), keywordRule: z.number(), naiveBayes: z.number() }).nullable(),
  dataHash: z.string(),
});

export const rowSchema = z.object({
  index: count,
  /** `file:line`. */
  place: z.string(),
  split: splitSchema,
  text: z.string(),
  target: z.string(),
  label: z.string().nullable(),
  /** True where text or target were too long to be sent whole. */
  cut: z.boolean(),
  /** Kinds of the problems that name this row. */
  problems: z.array(z.string()),
});

/** `problem` is a kind; `search` a part of text or target, ignoring case. */
export const rowsQuerySchema = z.object({
  split: splitSchema.optional(),
  problem: z.string().max(100).optional(),
  label: z.string().max(500).optional(),
  search: z.string().max(500).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const rowsSchema = z.object({ total: count, rows: z.array(rowSchema) });

/** A row that a study's model finds hard. */
export const hardRowSchema = rowSchema.extend({
  /** Nats per supervised token, by the best run of the study; null where it was not measured. */
  loss: z.number().nullable(),
  /** What the tuned model answered; null where it was not asked. */
  answer: z.string().nullable(),
  /** Whether its label is likely wrong: simple classifiers on the other rows agree on another. */
  suspect: z.boolean(),
  why: z.string(),
});
export const hardRowsQuerySchema = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const hardRowsSchema = z.object({
  total: count,
  /** What they were ranked by, in a sentence. */
  sentence: z.string(),
  /** Likely mislabelled first, then by falling loss. */
  rows: z.array(hardRowSchema),
});

export const correctionSchema = z.object({
  place: z.string().max(5000),
  /** `accept`: right as it is. `fix`: with another target. */
  action: z.enum(['accept', 'fix', 'drop']),
  target: z.string().max(1_000_000).optional(),
});
export const correctionsRequestSchema = z.object({ corrections: z.array(correctionSchema).min(1).max(100_000) });
export const correctedSchema = z.object({
  /** The corrected copy; the data themselves stay as they were. */
  file: dataFileSchema,
  rows: count,
  fixed: count,
  dropped: count,
});

export type DataRequest = z.infer<typeof dataRequestSchema>;
export type InspectRequest = z.infer<typeof inspectRequestSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
export type InspectedProblem = z.infer<typeof problemSchema>;
export type DataRow = z.infer<typeof rowSchema>;
export type RowsQuery = z.infer<typeof rowsQuerySchema>;
export type Rows = z.infer<typeof rowsSchema>;
export type HardRow = z.infer<typeof hardRowSchema>;
export type HardRows = z.infer<typeof hardRowsSchema>;
export type Correction = z.infer<typeof correctionSchema>;
