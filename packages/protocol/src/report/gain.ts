// What brought the gain: the found settings' distance to the recommended ones, shared among the values that differ.
import { z } from 'zod';
import { paramValueSchema } from '../journey-event.js';

/** In units of the objective, positive = better; `low` and `high` bound it with a probability of 90 %. */
const contribution = {
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  /** That it was for the better. */
  probabilityBetter: z.number().min(0).max(1),
};

export const gainSchema = z
  .object({
    /** By the trials of the search alone, as their model has it. */
    total: z.object(contribution),
    /** One for each value that differs, what brought most first: its Shapley value, so that they sum to the total. */
    changes: z.array(
      z.object({ name: z.string(), title: z.string(), from: paramValueSchema, to: paramValueSchema, ...contribution }),
    ),
    sentence: z.string(),
  })
  .meta({ id: 'Gain' });

export type Gain = z.infer<typeof gainSchema>;
