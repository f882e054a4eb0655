// One study at a glance: where it is, how far, what is best, what runs now.
import { z } from 'zod';
import { changeSchema, paramsSchema, paramValueSchema, purposeSchema, stageSchema } from '../journey-event.js';
import { count } from '../numbers.js';
import { adjustmentSchema } from '../report/context.js';
import { scaleSchema, searchedSchema } from '../report/hyperparameter.js';
import { commandRecordSchema } from './command.js';
import { studySummarySchema } from './studies.js';

const seconds = z.number().min(0);

export const stageStateSchema = z.object({
  stage: stageSchema,
  state: z.enum(['waiting', 'running', 'done', 'skipped']),
  seconds: seconds.nullable(),
  /** What it found, once it is done. */
  summary: z.string(),
  /** While it runs, where it says so. */
  progress: z.object({ done: z.number(), total: z.number(), note: z.string() }).nullable(),
});

export const parameterSchema = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.string(),
  scale: scaleSchema,
  integer: z.boolean(),
  /** What is searched now. */
  searched: searchedSchema,
  /** All that can be chosen; null for a range. */
  choices: z.array(paramValueSchema).nullable(),
  recommended: paramValueSchema,
  /** Whether a person changed the range after the start. */
  changed: z.boolean(),
});

/** Points of a curve; null where a value was not finite. */
export const trainingPointSchema = z.object({
  step: count,
  epoch: z.number(),
  loss: z.number().nullable(),
  learningRate: z.number(),
  gradientNorm: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
});
export const evaluationPointSchema = z.object({
  step: count,
  epoch: z.number(),
  share: z.number(),
  loss: z.number().nullable(),
  trainingLoss: z.number().nullable(),
  best: z.boolean(),
});

/** What the model answers to a few validation examples at a moment of its training. */
export const answersAtSchema = z.object({
  step: count,
  epoch: z.number(),
  answers: z.array(z.object({ prompt: z.string(), expected: z.string(), answer: z.string() })),
});

export const curvesSchema = z.object({
  training: z.array(trainingPointSchema),
  validation: z.array(evaluationPointSchema),
  /** The schedule as drawn: the whole run's learning rate by step. */
  schedule: z.array(z.object({ step: count, learningRate: z.number() })),
  totalSteps: count.nullable(),
  bestStep: count.nullable(),
  answers: z.array(answersAtSchema),
});

export const runningTrialSchema = z.object({
  trial: count,
  purpose: purposeSchema,
  params: paramsSchema,
  changed: z.array(changeSchema),
  step: count,
  totalSteps: count,
  /** ISO 8601. */
  startedAt: z.string(),
  memoryBytes: count.nullable(),
  curves: curvesSchema,
});

export const messageSchema = z.object({
  seq: count,
  /** ISO 8601. */
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});

export const studyOverviewSchema = z.object({
  summary: studySummarySchema,
  /** Everything here is as of this event; events after it change it. */
  seq: count,
  stages: z.array(stageStateSchema),
  secondsUsed: seconds,
  /** Predicted; null where it cannot be told. */
  secondsLeft: seconds.nullable(),
  budget: z.object({ seconds: seconds.nullable(), trials: count.nullable() }),
  trialsDone: count,
  trialsPlanned: count.nullable(),
  directions: z.array(z.enum(['minimize', 'maximize'])),
  metricNames: z.array(z.string()),
  objectiveTitle: z.string(),
  best: z
    .object({
      trial: count,
      value: z.number().nullable(),
      params: paramsSchema,
      changed: z.array(changeSchema),
    })
    .nullable(),
  /** Of the objective; null where not known yet. `base` is the untrained model's loss on the validation examples. */
  base: z.number().nullable(),
  recommended: z.number().nullable(),
  parameters: z.array(parameterSchema),
  adjustments: z.array(adjustmentSchema),
  running: z.array(runningTrialSchema),
  /** Newest last, at most a hundred. */
  messages: z.array(messageSchema),
  commands: z.array(commandRecordSchema),
  /** Why it takes no commands but marks and notes, and what can be done instead; empty where it takes them. */
  whyNotSteered: z.string(),
  /** On the study itself. */
  notes: z.array(z.object({ at: z.string(), text: z.string() })),
  /** Why it ended badly, and what to do; empty otherwise. */
  error: z.string(),
  /** What goes on with it in a terminal. */
  resumeCommand: z.string(),
  hasReport: z.boolean(),
});

export type StageState = z.infer<typeof stageStateSchema>;
export type StudyParameter = z.infer<typeof parameterSchema>;
export type TrainingPoint = z.infer<typeof trainingPointSchema>;
export type EvaluationPoint = z.infer<typeof evaluationPointSchema>;
export type Curves = z.infer<typeof curvesSchema>;
export type AnswersAt = z.infer<typeof answersAtSchema>;
export type RunningTrial = z.infer<typeof runningTrialSchema>;
export type StudyMessage = z.infer<typeof messageSchema>;
export type StudyOverview = z.infer<typeof studyOverviewSchema>;
