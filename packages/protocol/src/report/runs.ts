// The runs behind a report: the search's trials, the chief runs' learning curves, and the confirmation over seeds.
import { z } from 'zod';
import { failureKinds } from '../failure.js';
import { changeSchema, paramsSchema } from '../journey-event.js';

const seconds = z.number().min(0);

export const reportTrialSchema = z
  .object({
    number: z.int().min(0),
    /** `paused`: left where it was when the budget ended. */
    state: z.enum(['complete', 'pruned', 'paused', 'failed']),
    params: paramsSchema,
    /** What differs from the recommended settings. */
    changed: z.array(changeSchema),
    /** The objective at shares of the run's own schedule; null where it was not finite. */
    rungs: z.array(z.object({ share: z.number().min(0).max(1), value: z.number().nullable() })),
    /** The objective at the end of a complete trial, else at its last measurement; null where there is none. */
    value: z.number().nullable(),
    /** Nats per supervised token at the same moment. */
    validationLoss: z.number().nullable(),
    seconds,
    /** The kind of failure; null unless failed. */
    failure: z.enum([...failureKinds, 'diverged']).nullable(),
    /** Why it failed or was pruned; empty otherwise. */
    reason: z.string(),
  })
  .meta({ id: 'ReportTrial' });

/** One of the chief runs in full. Losses in nats per supervised token; null where not measured or not finite. */
export const learningCurveSchema = z
  .object({
    title: z.string(),
    trial: z.int().min(0).nullable(),
    seed: z.int().min(0),
    training: z.array(z.object({ step: z.int().min(0), epoch: z.number().min(0), loss: z.number().nullable() })),
    validation: z.array(z.object({ step: z.int().min(0), epoch: z.number().min(0), loss: z.number().nullable() })),
    learningRate: z.array(z.object({ step: z.int().min(0), value: z.number().min(0) })),
    /** Step of the checkpoint that was kept. */
    bestStep: z.int().min(0).nullable(),
    /** Validation minus training loss at the kept checkpoint, and what it means. */
    gap: z.object({ value: z.number(), sentence: z.string() }).nullable(),
  })
  .meta({ id: 'LearningCurve' });

/** The best few and the recommended settings, repeated with shared seeds. */
export const confirmationSchema = z
  .object({
    seeds: z.array(z.int().min(0)),
    candidates: z.array(
      z.object({
        title: z.string(),
        /** The trial whose settings are repeated; 0 is the recommended settings. */
        trial: z.int().min(0),
        /** Validation loss per seed, in the order of `seeds`; null where a run failed, or was not made as it could not win. */
        losses: z.array(z.number().nullable()),
        mean: z.number().nullable(),
      }),
    ),
    /** The best candidate minus recommended with its 95 % interval, by pairs of the same seed and the search's trials; negative = better. */
    difference: z.object({ mean: z.number(), low: z.number(), high: z.number() }).nullable(),
    /** That the best candidate is better, by the same. */
    probabilityBetter: z.number().min(0).max(1).optional(),
    /** Standard deviation of the validation loss over seeds at equal settings. */
    seedDeviation: z.number().min(0).nullable(),
    sentence: z.string(),
  })
  .meta({ id: 'Confirmation' });

export type ReportTrial = z.infer<typeof reportTrialSchema>;
export type LearningCurve = z.infer<typeof learningCurveSchema>;
export type Confirmation = z.infer<typeof confirmationSchema>;
