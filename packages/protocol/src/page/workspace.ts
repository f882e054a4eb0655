// The folder that the page works in, the machine under it, and what there is to start from.
import { z } from 'zod';
import { count } from '../numbers.js';

const bytes = count;

/** The token of the opening address, good once; the secret goes with every other request as `Authorization: Bearer`. */
export const openSessionSchema = z.object({ token: z.string().max(200) });
export const sessionSchema = z.object({ secret: z.string() });

export const baseModelChoiceSchema = z.object({
  /** What `model` takes: a shipped model's name, or a folder. */
  id: z.string(),
  name: z.string(),
  shipped: z.boolean(),
  parameters: count.nullable(),
  layers: count.nullable(),
  /** Longest input, in tokens. */
  maxLength: count.nullable(),
  /** On disk. */
  bytes,
  /** As its card says; null where it does not. */
  license: z.string().nullable(),
  /** What training took at its most, in earlier runs; null before the first. */
  memoryBytes: bytes.nullable(),
  /** Tokens a second in training on this machine, from earlier runs; null before the first. */
  tokensPerSecond: z.number().nullable(),
  languages: z.array(z.string()),
});

export const trainingNeedsQuerySchema = z.object({
  /** A base model's `id`. */
  model: z.string().max(4000),
  /** The longest example in tokens, where the data are known. */
  longest: z.coerce.number().int().min(1).max(1e6).optional(),
});
/** Estimates for training with the recommended settings, before anything was run. */
export const trainingNeedsSchema = z.object({
  memoryBytes: bytes,
  tokensPerSecond: z.number(),
  method: z.enum(['lora', 'full']),
});

export const dataFileSchema = z.object({
  /** Relative to the workspace. */
  path: z.string(),
  bytes,
  /** ISO 8601. */
  modifiedAt: z.string(),
  /** Whether it came through the page. */
  uploaded: z.boolean(),
});

export const workspaceSchema = z.object({
  /** The folder that paths are relative to. */
  folder: z.string(),
  stateFolder: z.string(),
  version: z.string(),
  machine: z.object({
    system: z.string(),
    processor: z.string(),
    cores: count,
    memoryBytes: bytes,
    freeMemoryBytes: bytes,
    freeDiskBytes: bytes.nullable(),
  }),
  models: z.array(baseModelChoiceSchema),
  dataFiles: z.array(dataFileSchema),
  limits: z.object({
    uploadBytes: bytes,
    /** Endings of data files that can be read. */
    dataEndings: z.array(z.string()),
  }),
});

export type BaseModelChoice = z.infer<typeof baseModelChoiceSchema>;
export type DataFile = z.infer<typeof dataFileSchema>;
export type Workspace = z.infer<typeof workspaceSchema>;
export type TrainingNeeds = z.infer<typeof trainingNeedsSchema>;
