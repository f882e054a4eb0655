// What a person can tell a search while it goes, from the page or the terminal, and what came of it.
import { z } from 'zod';
import { paramsSchema, paramValueSchema } from '../journey-event.js';
import { count } from '../numbers.js';

const trial = count;

/** Each takes effect at the next step. Values are as people read them: frozen layers as a number of layers. */
export const commandSchema = z
  .discriminatedUnion('kind', [
    /** The trial in flight is saved and waits. */
    z.object({ kind: z.literal('pause') }),
    z.object({ kind: z.literal('resume') }),
    /** Ends the search; what was found is confirmed, trained and tested. */
    z.object({ kind: z.literal('stop') }),
    z.object({ kind: z.literal('stop-trial'), trial }),
    /** Values to try next; what is left out is as recommended. */
    z.object({ kind: z.literal('enqueue'), params: paramsSchema }),
    /** Narrows or widens what is searched from now on: a range by both ends, choices by what is left of them. */
    z.object({
      kind: z.literal('range'),
      name: z.string(),
      low: z.number().optional(),
      high: z.number().optional(),
      choices: z.array(paramValueSchema).min(1).optional(),
    }),
    /** Adds to the budget. */
    z.object({
      kind: z.literal('extend'),
      minutes: z.number().positive().max(1e6).optional(),
      trials: z.int().positive().max(1e6).optional(),
    }),
    z.object({ kind: z.literal('mark'), trial, marked: z.boolean() }),
    /** On a trial, or on the study. */
    z.object({ kind: z.literal('note'), text: z.string().max(4000), trial: trial.optional() }),
  ])
  .meta({ id: 'Command' });

export const commandOutcomeSchema = z.object({
  state: z.enum(['done', 'refused']),
  /** ISO 8601. */
  at: z.string(),
  /** What was done, or why not and what to do instead. */
  sentence: z.string(),
});

export const commandRecordSchema = z.object({
  id: z.string(),
  /** When it was given; ISO 8601. */
  at: z.string(),
  by: z.enum(['page', 'terminal', 'library']),
  command: commandSchema,
  /** Null until the search has come to it. */
  outcome: commandOutcomeSchema.nullable(),
});

/** With an id of the page's own making (a UUID), so that sending it twice does it once. */
export const giveCommandSchema = z.object({ id: z.uuid().optional(), command: commandSchema });

export type SteeringCommand = z.infer<typeof commandSchema>;
export type CommandOutcome = z.infer<typeof commandOutcomeSchema>;
export type CommandRecord = z.infer<typeof commandRecordSchema>;
