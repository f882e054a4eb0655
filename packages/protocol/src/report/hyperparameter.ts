// What the search found out about one hyperparameter: its value, its just-right zone, and the evidence on both sides.
import { z } from 'zod';
import { paramValueSchema } from '../journey-event.js';

/** The seven, in the order in which they are shown. */
export const hyperparameterNames = [
  'learningRate',
  'batchSize',
  'epochs',
  'dropout',
  'weightDecay',
  'schedule',
  'frozenLayers',
] as const;
export const hyperparameterNameSchema = z.enum(hyperparameterNames);

export const scaleSchema = z.enum(['linear', 'log', 'choice']);

/** What was searched; null in the report where the value was held fixed. */
export const searchedSchema = z.union([
  z.object({ low: z.number(), high: z.number() }),
  z.object({ choices: z.array(paramValueSchema) }),
]);

/** Values within noise of the best. A closed side is backed by worse trials beyond it; an open one ends where too little was tried to tell. */
export const zoneSchema = z
  .union([
    z.object({ low: z.number(), high: z.number(), lowClosed: z.boolean(), highClosed: z.boolean() }),
    z.object({ choices: z.array(paramValueSchema) }),
  ])
  .meta({ id: 'Zone' });

/**
 * What is known of the zone with a probability of 90 %, all of it at once; what lies between can't be told yet. `inside`: as good
 * as the chosen value; null where that is known of the chosen value alone. Below `tooLittle.below` and above `tooMuch.above` it
 * is worse; null where nothing is known to be.
 */
export const certainZoneSchema = z
  .union([
    z.object({
      inside: z.object({ low: z.number(), high: z.number() }).nullable(),
      tooLittle: z.object({ below: z.number(), trials: z.array(z.int().min(0)) }).nullable(),
      tooMuch: z.object({ above: z.number(), trials: z.array(z.int().min(0)) }).nullable(),
    }),
    z.object({ inside: z.array(paramValueSchema), worse: z.array(paramValueSchema), open: z.array(paramValueSchema) }),
  ])
  .meta({ id: 'CertainZone' });

/**
 * `just-right`: worse on both sides. `one-side`: worse on one side, the other without evidence.
 * `no-effect-seen`: the trials show that no tested value differs by more than noise. `uncertain`: they cannot tell, for
 * too few of them are comparable or other settings changed too.
 * `not-tested`: held at one value.
 */
export const verdictKinds = ['just-right', 'one-side', 'no-effect-seen', 'uncertain', 'not-tested'] as const;

/** One side's evidence: what happened beyond `beyond`, and in which trials. */
export const sideEvidenceSchema = z
  .object({
    sentence: z.string(),
    trials: z.array(z.int().min(0)),
    /** The edge of the zone past which it was worse, or the choice that was. */
    beyond: paramValueSchema,
    /** Mean distance to the chosen settings' objective at equal shares, positive = worse; null where every run diverged. */
    rise: z.number().nullable(),
  })
  .meta({ id: 'SideEvidence' });

/** A trial on this hyperparameter's axis; `adjusted` is the loss with the other parameters' estimated share taken out. */
export const slicePointSchema = z
  .object({
    trial: z.int().min(0),
    value: paramValueSchema,
    loss: z.number().nullable(),
    adjusted: z.number().nullable(),
    failed: z.boolean(),
  })
  .meta({ id: 'SlicePoint' });

export const hyperparameterSchema = z
  .object({
    name: hyperparameterNameSchema,
    title: z.string(),
    /** What it does, in a sentence for someone who never met it. */
    explanation: z.string(),
    value: paramValueSchema,
    recommended: paramValueSchema,
    /** What a number counts, such as `layers`; empty where it is a bare number. */
    unit: z.string(),
    scale: scaleSchema,
    searched: searchedSchema.nullable(),
    zone: zoneSchema.nullable(),
    /** Null where nothing of it is certain; absent where it was not searched. */
    certain: certainZoneSchema.nullable().optional(),
    /** Share of the variance among good trials, in [0, 1] (PED-ANOVA); null where not estimated. */
    importance: z.number().min(0).max(1).nullable(),
    verdict: z.enum(verdictKinds),
    confidence: z.enum(['high', 'medium', 'low', 'none']),
    /** The verdict in a sentence. */
    sentence: z.string(),
    evidence: z.object({
      tooLittle: sideEvidenceSchema.nullable(),
      tooMuch: sideEvidenceSchema.nullable(),
      /** For choices: the ones that did worse. */
      otherChoices: z.array(sideEvidenceSchema),
    }),
    points: z.array(slicePointSchema),
    /** What else belongs to the setting, such as warm-up or gradual unfreezing; empty where nothing does. */
    note: z.string(),
  })
  .meta({ id: 'Hyperparameter' });

/** A setting beside the seven: LoRA rank, longest example, patience. */
export const otherSettingSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    value: paramValueSchema,
    recommended: paramValueSchema,
    searched: z.boolean(),
    note: z.string(),
  })
  .meta({ id: 'OtherSetting' });

export type HyperparameterName = z.infer<typeof hyperparameterNameSchema>;
export type Scale = z.infer<typeof scaleSchema>;
export type Searched = z.infer<typeof searchedSchema>;
export type Zone = z.infer<typeof zoneSchema>;
export type CertainZone = z.infer<typeof certainZoneSchema>;
export type VerdictKind = (typeof verdictKinds)[number];
export type SideEvidence = z.infer<typeof sideEvidenceSchema>;
export type SlicePoint = z.infer<typeof slicePointSchema>;
export type Hyperparameter = z.infer<typeof hyperparameterSchema>;
export type OtherSetting = z.infer<typeof otherSettingSchema>;
