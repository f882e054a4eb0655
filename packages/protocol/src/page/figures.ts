// The data of each plot, as `@goldilocks/study` computes them; numbers that are not finite are null.
import { z } from 'zod';
import { count } from '../numbers.js';
import { trialStateSchema } from './trials.js';

const value = z.number().nullable();
const values = z.array(value);
const range = z.tuple([z.number(), z.number()]).nullable();

/** Coordinates are the values themselves; on a category axis coordinate k stands at the k-th label; times are ms since 1970. */
export const axisSchema = z.object({
  label: z.string(),
  scale: z.enum(['linear', 'log', 'category', 'time']),
  labels: z.array(z.string()).nullable(),
  range,
});
export const valuedAxisSchema = axisSchema.extend({ values });

const target = z.object({ name: z.string(), direction: z.enum(['minimize', 'maximize']).nullable() });
const trials = z.array(count);
const feasible = z.array(z.boolean());

export const historySchema = z.object({
  target,
  x: axisSchema,
  y: axisSchema,
  series: z.array(
    z.object({
      study: z.string(),
      trials,
      values,
      states: z.array(z.enum(['feasible', 'infeasible', 'incomplete'])),
      best: values.nullable(),
    }),
  ),
});
export const intermediateSchema = z.object({
  x: axisSchema,
  y: axisSchema,
  curves: z.array(
    z.object({ trial: count, state: trialStateSchema, feasible: z.boolean(), steps: z.array(z.number()), values }),
  ),
  /** Curves there are in all; `curves` holds the best and the newest where they are very many. */
  total: count,
});
export const parallelSchema = z.object({
  objectives: z.array(valuedAxisSchema),
  params: z.array(valuedAxisSchema),
  trials,
  feasible,
  color: target.extend({ values }),
  order: z.array(count),
});
export const contourSchema = z.object({
  target,
  axes: z.array(valuedAxisSchema.extend({ grid: z.array(z.number()) })),
  trials,
  targets: values,
  feasible,
  panels: z.array(
    z.object({
      x: count,
      y: count,
      cells: z.object({ xs: z.array(count), ys: z.array(count), targets: values }),
    }),
  ),
});
export const sliceSchema = z.object({
  target,
  y: axisSchema,
  panels: z.array(z.object({ x: valuedAxisSchema, trials, y: values, feasible })),
});
export const importancesSchema = z.object({
  bars: z.array(z.object({ target, params: z.array(z.string()), importances: values })),
});
export const rankSchema = z.object({
  target,
  axes: z.array(valuedAxisSchema),
  trials,
  targets: values,
  ranks: values,
  feasible,
});
export const edfSchema = z.object({
  target,
  x: axisSchema,
  y: axisSchema,
  at: values,
  lines: z.array(z.object({ study: z.string(), shares: values })),
});
export const timelineSchema = z.object({
  x: axisSchema,
  bars: z.array(
    z.object({ trial: count, state: trialStateSchema, feasible: z.boolean(), start: z.number(), end: z.number() }),
  ),
});
/** Of a journey: loss on the task against loss on the reference text. Both are smaller for the better. */
export const paretoSchema = z.object({
  axes: z.array(axisSchema),
  trials,
  /** One list for each axis. */
  values: z.array(values),
  kinds: z.array(z.enum(['best', 'dominated', 'infeasible'])),
  /** Of a journey: the base model's loss on the reference text, where known. */
  base: z.number().nullable(),
});

const kind = <Name extends string, Schema extends z.ZodType>(name: Name, figure: Schema) =>
  z.object({
    kind: z.literal(name),
    /** Null where there is nothing to draw yet; then `sentence` says why. */
    figure: figure.nullable(),
    sentence: z.string(),
  });

export const figureSchema = z.discriminatedUnion('kind', [
  kind('history', historySchema),
  kind('intermediate', intermediateSchema),
  kind('parallel', parallelSchema),
  kind('contour', contourSchema),
  kind('slice', sliceSchema),
  kind('importances', importancesSchema),
  kind('rank', rankSchema),
  kind('edf', edfSchema),
  kind('timeline', timelineSchema),
  kind('pareto', paretoSchema),
]);

export const figureKinds = [
  ...['history', 'intermediate', 'parallel', 'contour', 'slice'],
  ...['importances', 'rank', 'edf', 'timeline', 'pareto'],
] as Figure['kind'][];

/** `objective` counts from 0; `params` are names, separated by commas; `studies` adds keys of others, for history and EDF. */
export const figureQuerySchema = z.object({
  objective: z.coerce.number().int().min(0).optional(),
  params: z.string().max(4000).optional(),
  studies: z.string().max(4000).optional(),
});

export type Axis = z.infer<typeof axisSchema>;
export type ValuedAxis = z.infer<typeof valuedAxisSchema>;
export type Figure = z.infer<typeof figureSchema>;
export type FigureOf<Kind extends Figure['kind']> = NonNullable<Extract<Figure, { kind: Kind }>['figure']>;
