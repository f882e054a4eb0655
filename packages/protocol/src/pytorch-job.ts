// What crosses to the PyTorch trainer (workers/pytorch) and back: a job as a file, then one JSON object a line.
import { z } from 'zod';
import { count, measuredNumber, share } from './numbers.js';
import { loraSettingsSchema, trainingSettingsSchema } from './settings.js';

/** A file of tokenised examples; `indices` picks some, in that order. */
const examplesSchema = z.object({ file: z.string(), indices: z.array(count).optional() });

export const pytorchJobSchema = z.object({
  /** A Hugging Face directory. */
  model: z.string(),
  train: examplesSchema,
  validation: examplesSchema,
  settings: trainingSettingsSchema,
  /** Complete state of the run: a call goes on from the latest checkpoint found here. */
  checkpointDirectory: z.string(),
  stopAtShare: share.optional(),
  evaluateAtShares: z.array(share).optional(),
  validateAtStart: z.boolean().optional(),
  checkpointEverySeconds: z.number().min(0).optional(),
  /** Recompute activations in the backward pass: a third slower, a fraction of the memory. */
  gradientCheckpointing: z.boolean().optional(),
  /** Where the best weights go at the end: an adapter as PEFT has it, or a whole Hugging Face directory. */
  output: z.string().optional(),
});

const evaluationSchema = z.object({
  step: count,
  epoch: z.number().min(0),
  share,
  loss: measuredNumber,
  perplexity: measuredNumber,
  bitsPerByte: measuredNumber,
  perExample: z.array(measuredNumber),
  trainingLoss: measuredNumber.optional(),
});

const diagnosisSchema = z.object({
  kind: z.enum(['not-finite', 'diverged', 'stuck']),
  step: count,
  message: z.string(),
  advice: z.string(),
});

const summarySchema = z.object({
  outcome: z.enum(['completed', 'stopped-early', 'paused', 'interrupted', 'diverged']),
  step: count,
  totalSteps: count,
  best: evaluationSchema.optional(),
  history: z.array(evaluationSchema),
  diagnosis: diagnosisSchema.optional(),
  seconds: z.number().min(0),
  tokens: count,
  peakMemoryBytes: count,
  lora: loraSettingsSchema.optional(),
});

const seconds = z.number().min(0);

/** A line of the trainer's standard output. All but the last are events of training. */
export const pytorchMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    step: count,
    totalSteps: count,
    trainableParameters: count,
    totalParameters: count,
    history: z.array(evaluationSchema),
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
    seconds,
    applied: z.boolean(),
  }),
  z.object({ type: z.literal('evaluation'), evaluation: evaluationSchema, best: z.boolean(), seconds }),
  z.object({ type: z.literal('checkpoint'), step: count }),
  z.object({ type: z.literal('unfreeze'), step: count, lowestTrainableLayer: count }),
  z.object({ type: z.literal('diagnosis'), diagnosis: diagnosisSchema }),
  z.object({ type: z.literal('result'), summary: summarySchema }),
  z.object({
    type: z.literal('error'),
    /** `out-of-memory`, or the error's class. */
    error: z.object({ kind: z.string(), message: z.string(), stack: z.string().optional() }),
  }),
]);

export type PytorchJob = z.infer<typeof pytorchJobSchema>;
export type PytorchMessage = z.infer<typeof pytorchMessageSchema>;
