// The studies: listed, renamed, archived, deleted with undo; and databases that other programs wrote.
import { z } from 'zod';
import { stageSchema } from '../journey-event.js';
import { count } from '../numbers.js';

/**
 * `running`: a process works on it. `paused`: a process waits for the word to go on. `stopped`: it can go on by
 * `resumeStudy`. `failed`: it ended with an error, which `error` says. `elsewhere`: no verb of ours searches in it.
 */
export const studyStateSchema = z.enum(['running', 'paused', 'stopped', 'finished', 'failed', 'elsewhere']);

export const studySummarySchema = z.object({
  /** What addresses name it by; equal to the name for a study of the workspace. */
  key: z.string(),
  name: z.string(),
  /** What a person called it; the name where nobody did. */
  title: z.string(),
  /** `journey` tunes a model, `command` searches a command's flags, `other` was asked and told by a program. */
  kind: z.enum(['journey', 'command', 'other']),
  state: studyStateSchema,
  /** Where a journey is, or ended. */
  stage: stageSchema.nullable(),
  /** ISO 8601; empty where not known. */
  createdAt: z.string(),
  data: z.string(),
  model: z.string(),
  output: z.string(),
  /** Trials started. */
  trials: count,
  objective: z.object({ name: z.string(), direction: z.enum(['minimize', 'maximize']) }).nullable(),
  best: z.object({ trial: count, value: z.number().nullable() }).nullable(),
  /** The recommended settings' value, of a journey that has it. */
  recommended: z.number().nullable(),
  archived: z.boolean(),
  /** ISO 8601 until when it can be brought back; null unless deleted. */
  deletedUntil: z.string().nullable(),
  /** The database's id where it is not the workspace's own. */
  database: z.string().nullable(),
  readOnly: z.boolean(),
});

export const databaseSchema = z.object({
  id: z.string(),
  path: z.string(),
  kind: z.enum(['sqlite', 'journal']),
  studies: count,
  readOnly: z.boolean(),
});

export const studiesSchema = z.object({ studies: z.array(studySummarySchema), databases: z.array(databaseSchema) });

export const changeStudySchema = z.object({
  title: z.string().trim().min(1).max(200).optional(),
  archived: z.boolean().optional(),
});

export const openDatabaseSchema = z.object({ path: z.string().min(1).max(4000) });
/** Lets the page write to it: titles, notes, marks. */
export const changeDatabaseSchema = z.object({ readOnly: z.boolean() });

export type StudyState = z.infer<typeof studyStateSchema>;
export type StudySummary = z.infer<typeof studySummarySchema>;
export type Database = z.infer<typeof databaseSchema>;
