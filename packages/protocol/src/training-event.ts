// What a training run tells while it runs, as the trial's process sends it to its parent.
import { z } from 'zod';
import { count, measuredNumber, share } from './numbers.js';

export const diagnosisSchema = z.object({
  kind: z.string(),
  step: count,
  /** What was seen, with its numbers. */
  message: z.string(),
  /** What to change. */
  advice: z.string(),
});

/** One measurement on the validation examples; losses in nats per supervised token. */
export const evaluationSchema = z.object({
  step: count,
  epoch: z.number().min(0),
  /** Steps done as a share of the run's own schedule. */
  share,
  loss: measuredNumber,
  perplexity: measuredNumber,
  bitsPerByte: measuredNumber,
  /** Mean loss of each validation example, in the order given. */
  perExample: z.array(measuredNumber),
  /** Mean training loss since the evaluation before; none at step 0. */
  trainingLoss: measuredNumber.optional(),
});

export const trainingEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    step: count,
    totalSteps: count,
    trainableParameters: count,
    totalParameters: count,
  }),
  z.object({
    type: z.literal('step'),
    step: count,
    totalSteps: count,
    epoch: z.number().min(0),
    loss: measuredNumber,
    learningRate: z.number().min(0),
    gradientNorm: measuredNumber,
    tokens: count,
    seconds: z.number().min(0),
    applied: z.boolean(),
  }),
  z.object({
    type: z.literal('evaluation'),
    evaluation: evaluationSchema,
    best: z.boolean(),
    seconds: z.number().min(0),
  }),
  z.object({ type: z.literal('checkpoint'), step: count }),
  z.object({ type: z.literal('unfreeze'), step: count, lowestTrainableLayer: count }),
  z.object({ type: z.literal('diagnosis'), diagnosis: diagnosisSchema }),
]);

export const outcomeSchema = z.enum(['completed', 'stopped-early', 'paused', 'interrupted', 'diverged']);

export type TrainingDiagnosis = z.infer<typeof diagnosisSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;
export type TrainingEvent = z.infer<typeof trainingEventSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
