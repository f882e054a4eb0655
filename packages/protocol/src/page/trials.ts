// Trials: all of them in columns, by increments; one of them whole.
import { z } from 'zod';
import { changeSchema, paramsSchema } from '../journey-event.js';
import { count } from '../numbers.js';
import { curvesSchema } from './study.js';

export const trialStates = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'] as const;
export const trialStateSchema = z.enum(trialStates);

/** `after` is the revision of the last answer; without it (or where the server does not know it) all trials come. */
export const trialsQuerySchema = z.object({ after: z.string().max(100).optional() });

/** Numbers, or with `choices` places in them; null where a trial lacks the parameter. */
export const paramColumnSchema = z.object({
  name: z.string(),
  title: z.string(),
  scale: z.enum(['linear', 'log', 'choice']),
  choices: z.array(z.string()).nullable(),
  values: z.array(z.number().nullable()),
});

/** Columns of the trials that are new or changed since `after`: row k of each is trial `numbers[k]`. */
export const trialsSchema = z.object({
  revision: z.string(),
  /** True where these are all trials: what was known before is to be forgotten. */
  whole: z.boolean(),
  /** Trials in all. */
  total: count,
  numbers: z.array(count),
  /** Places in `trialStates`. */
  states: z.array(z.int().min(0).max(4)),
  /** One list for each objective; null where there is no value, or it is not finite. */
  values: z.array(z.array(z.number().nullable())),
  params: z.array(paramColumnSchema),
  /** The last value reported on the way, and how far that was (a share for a journey's, else the step). */
  lastValues: z.array(z.number().nullable()),
  lastSteps: z.array(z.number().nullable()),
  /** Milliseconds since 1970; null before the start or the end. */
  startedAt: z.array(z.number().nullable()),
  completedAt: z.array(z.number().nullable()),
  /** Seconds of work. */
  seconds: z.array(z.number().nullable()),
  feasible: z.array(z.boolean()),
  marked: z.array(z.boolean()),
  notes: z.array(count),
});

const json = z.json();

export const trialDetailSchema = z.object({
  number: count,
  state: trialStateSchema,
  params: paramsSchema,
  /** What differs from the recommended settings; empty where these are not known. */
  changed: z.array(changeSchema),
  values: z.array(z.number().nullable()).nullable(),
  /** Objective on the way: at shares of the schedule for a journey's, else at steps. */
  intermediate: z.array(z.object({ step: z.number(), value: z.number().nullable() })),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  seconds: z.number().nullable(),
  /** Why it failed or was stopped; empty otherwise. */
  reason: z.string(),
  failure: z.string().nullable(),
  /** The whole training settings, for a journey's. */
  settings: json.nullable(),
  userAttributes: z.record(z.string(), json),
  curves: curvesSchema,
  marked: z.boolean(),
  notes: z.array(z.object({ at: z.string(), text: z.string() })),
  /** Whether it was asked for by a person, a past study or the recommended settings. */
  origin: z.enum(['search', 'recommended', 'person', 'past-study']),
});

export type TrialState = z.infer<typeof trialStateSchema>;
export type Trials = z.infer<typeof trialsSchema>;
export type ParamColumn = z.infer<typeof paramColumnSchema>;
export type TrialDetail = z.infer<typeof trialDetailSchema>;
