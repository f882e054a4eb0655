// What the server tells by itself, as server-sent events; and a study's log of events, which outlives everyone.
import { z } from 'zod';
import { journeyEventSchema } from '../journey-event.js';
import { count } from '../numbers.js';
import { commandRecordSchema } from './command.js';
import { exportJobSchema } from './use.js';

/** A line of a study's `events.jsonl`. `seq` grows by one a line, over all sittings; lines that were thinned out are missing. */
export const loggedEventSchema = z.object({
  seq: count,
  /** ISO 8601. */
  at: z.string(),
  event: journeyEventSchema,
});

/**
 * `study` is the key of the study to hear everything of; without it only lists are told of. `after` is the `seq` to go
 * on from (`Last-Event-ID`, which a reconnecting client sends, wins over it); without both the news begin now.
 */
export const newsQuerySchema = z.object({
  study: z.string().max(500).optional(),
  after: z.coerce.number().int().min(0).optional(),
});

/** Only `event` carries an id, its `seq`. */
export const newsSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), study: z.string(), logged: loggedEventSchema }),
  /** Trials changed: `trials?after=` has what. */
  z.object({ type: z.literal('trials'), study: z.string(), revision: z.string() }),
  z.object({ type: z.literal('command'), study: z.string(), command: commandRecordSchema }),
  /** The study's state changed in a way that no event tells (its process began or is gone, it was renamed): ask again. */
  z.object({ type: z.literal('study'), study: z.string() }),
  /** Studies or databases were added, changed or removed. */
  z.object({ type: z.literal('studies') }),
  z.object({ type: z.literal('export'), study: z.string(), job: exportJobSchema }),
  /** Every fifteen seconds, so that silence means a lost connection. */
  z.object({ type: z.literal('alive') }),
]);

export type LoggedEvent = z.infer<typeof loggedEventSchema>;
export type News = z.infer<typeof newsSchema>;
