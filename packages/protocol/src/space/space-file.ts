// The space file: what `goldilocks optimize --space` reads, as a schema.
import { z } from 'zod';
import { metricsSourceSchema } from './metrics-source.js';

const jsonValue = z.json();

const about = {
  confidence: z.number().gt(0).lt(1).optional().describe('how sure one is that the best is near `recommended`'),
  source: z.string().optional().describe('where the recommendation comes from'),
  args: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('appended to the command, e.g. ["--lr", "{lr}"], unless the command uses the placeholder itself'),
  when: z
    .record(z.string(), z.union([z.array(jsonValue).min(1), jsonValue]))
    .optional()
    .describe('there only while other parameters have one of the values, e.g. {"optimizer": ["sgd"]}'),
};

const floatSchema = z.strictObject({
  type: z.literal('float'),
  low: z.number(),
  high: z.number(),
  log: z.boolean().optional().describe('searched in the logarithm'),
  step: z.number().positive().optional(),
  recommended: z.number().optional().describe('known to be good: trial 0 takes it'),
  ...about,
});

const intSchema = z.strictObject({
  type: z.literal('int'),
  low: z.int(),
  high: z.int(),
  log: z.boolean().optional().describe('searched in the logarithm'),
  step: z.int().positive().optional(),
  recommended: z.int().optional(),
  ...about,
});

const categoricalSchema = z.strictObject({
  type: z.literal('categorical'),
  choices: z.array(jsonValue).min(1).describe('any JSON values; strings go into the command as they are'),
  recommended: jsonValue.optional(),
  ...about,
});

const parameterSchema = z.discriminatedUnion('type', [floatSchema, intSchema, categoricalSchema]);

const value = z
  .enum(['last', 'best'])
  .optional()
  .describe('of several values that a trial reports, the one that counts; default last');

const objectiveSchema = z.strictObject({
  metric: z.string().min(1).describe('its name in what the command reports'),
  direction: z.enum(['minimize', 'maximize']).optional().describe('default minimize'),
  value,
});

const constraintSchema = z
  .strictObject({ metric: z.string().min(1), min: z.number().optional(), max: z.number().optional(), value })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'give min, max or both' });

const stepSchema = z.strictObject({
  metric: z.string().min(1).describe('the name by which the command reports how far it is'),
  unit: z.number().positive().optional().describe('what one step is; default 1, and 0.001 for epochs'),
});

export const spaceFileSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().optional(),
  note: z.string().optional().describe('what a person must know of the results; said at the start and with them'),
  parameters: z.record(z.string(), parameterSchema),
  args: z
    .array(z.array(z.string()).min(1))
    .optional()
    .describe('appended to every command, e.g. [["--out", "{trial_dir}/out"]], unless it says that flag itself'),
  objectives: z.array(objectiveSchema).min(1).optional().describe('several give a Pareto front; default: --metric'),
  constraints: z.array(constraintSchema).optional().describe('a trial that breaks one is never the best'),
  step: stepSchema.optional().describe('default: step, global_step, iteration or epoch, whichever is reported'),
  metrics: metricsSourceSchema.optional().describe('where the command reports; default: its output'),
});

export type SpaceFile = z.infer<typeof spaceFileSchema>;
export type ParameterSpec = z.infer<typeof parameterSchema>;
export type ObjectiveSpec = z.infer<typeof objectiveSchema>;
export type ConstraintSpec = z.infer<typeof constraintSchema>;
export type StepSpec = z.infer<typeof stepSchema>;

/** JSON Schema (2020-12) of the space file, published as docs/space.schema.json. */
export function spaceJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(spaceFileSchema, { target: 'draft-2020-12', io: 'input' });
  return { ...schema, title: 'Goldilocks search space', description: 'What goldilocks optimize --space reads.' };
}
