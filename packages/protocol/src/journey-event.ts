// What the journey tells while it goes: for the terminal, the page, and whoever uses the library.
import { z } from 'zod';
import { failureKinds } from './failure.js';
import { count, measuredNumber, share } from './numbers.js';

/** In their order. */
export const stages = ['inspect', 'plan', 'pilot', 'search', 'confirm', 'final', 'test', 'report'] as const;
export const stageSchema = z.enum(stages);

export const paramValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()]).meta({ id: 'ParamValue' });
export const paramsSchema = z.record(z.string(), paramValueSchema);

/** One hyperparameter that differs from the recommended settings. */
export const changeSchema = z
  .object({ name: z.string(), from: paramValueSchema, to: paramValueSchema })
  .meta({ id: 'Change' });

/** Why a run is done; `base` measures without training. */
export const purposeSchema = z.enum(['pilot', 'search', 'confirm', 'final', 'base']);

const trial = count;
const seconds = z.number().min(0);

export const journeyEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('journey-started'),
    /** As a person names them. */
    data: z.string(),
    model: z.string(),
    output: z.string(),
    seed: count,
    budgetSeconds: seconds.nullable(),
    budgetTrials: count.nullable(),
    resumed: z.boolean(),
  }),
  z.object({ type: z.literal('stage-started'), stage: stageSchema }),
  /** How far a stage is; totals may be estimates. `note` names what is being done. */
  z.object({
    type: z.literal('stage-progress'),
    stage: stageSchema,
    done: z.number(),
    total: z.number(),
    note: z.string(),
  }),
  /** `summary` says in a sentence, with its numbers, what the stage found. */
  z.object({ type: z.literal('stage-finished'), stage: stageSchema, seconds, summary: z.string() }),
  z.object({
    type: z.literal('trial-started'),
    trial,
    purpose: purposeSchema,
    params: paramsSchema,
    /** What differs from the recommended settings; empty for these themselves. */
    changed: z.array(changeSchema),
    /** Share at which a paused trial goes on; 0 for a new one. */
    resumedAt: share,
    /** Share of the training examples used. */
    subset: share,
  }),
  z.object({
    type: z.literal('trial-step'),
    trial,
    step: count,
    totalSteps: count,
    epoch: z.number().min(0),
    loss: measuredNumber,
    learningRate: z.number().min(0),
    tokensPerSecond: z.number().min(0),
    /** Before it was cut down to the largest allowed. */
    gradientNorm: measuredNumber.optional(),
    /** Resident memory of the trial's process. */
    memoryBytes: count.optional(),
  }),
  z.object({
    type: z.literal('trial-evaluation'),
    trial,
    step: count,
    epoch: z.number().min(0),
    share,
    loss: measuredNumber,
    trainingLoss: measuredNumber.optional(),
    /** Whether it is the trial's best so far. */
    best: z.boolean(),
  }),
  /** What the weights kept so far answer to a few validation examples. */
  z.object({
    type: z.literal('trial-answers'),
    trial,
    step: count,
    epoch: z.number().min(0),
    answers: z.array(z.object({ prompt: z.string(), expected: z.string(), answer: z.string() })),
  }),
  z.object({ type: z.literal('trial-finished'), trial, value: measuredNumber, seconds }),
  z.object({ type: z.literal('trial-pruned'), trial, share, value: measuredNumber, reason: z.string() }),
  z.object({ type: z.literal('trial-paused'), trial, share, value: measuredNumber }),
  z.object({
    type: z.literal('trial-failed'),
    trial,
    kind: z.enum([...failureKinds, 'diverged']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('best'),
    trial,
    value: measuredNumber,
    /** The recommended settings' value at the same share, once known. */
    recommended: measuredNumber.optional(),
    changed: z.array(changeSchema),
  }),
  z.object({
    type: z.literal('budget'),
    secondsUsed: seconds,
    secondsLeft: seconds.nullable(),
    trialsDone: count,
    trialsPlanned: count.nullable(),
  }),
  z.object({ type: z.literal('message'), level: z.enum(['info', 'warning']), text: z.string() }),
  /** What came of a person's command to the search. */
  z.object({
    type: z.literal('command'),
    id: z.string(),
    kind: z.string(),
    state: z.enum(['done', 'refused']),
    sentence: z.string(),
  }),
  /** A person's stop: everything is saved, and this command goes on. */
  z.object({ type: z.literal('interrupted'), resumeCommand: z.string() }),
  z.object({ type: z.literal('journey-finished'), seconds, output: z.string() }),
  /** An end with an error; `message` says what to do. */
  z.object({ type: z.literal('journey-failed'), message: z.string() }),
]);

export type Stage = z.infer<typeof stageSchema>;
export type ParamValue = z.infer<typeof paramValueSchema>;
export type Params = z.infer<typeof paramsSchema>;
export type Change = z.infer<typeof changeSchema>;
export type Purpose = z.infer<typeof purposeSchema>;
export type JourneyEvent = z.infer<typeof journeyEventSchema>;
