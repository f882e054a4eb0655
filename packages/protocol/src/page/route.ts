// What a route is: one way to ask the server of the page, as data, from which server and page derive their types.
import { z } from 'zod';

/**
 * `path` has its parameters as `:name`. `answer` is the body of a 200 in JSON. With `stream` the answer is a stream of
 * server-sent events instead, each with one value of that schema as its data. `upload` takes the body as bytes.
 */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly upload?: true;
  readonly answer?: z.ZodType;
  readonly stream?: z.ZodType;
}

/** Any answer that is not 200. */
export const errorSchema = z.object({
  error: z.object({
    /** What went wrong: what was given, what was expected. */
    message: z.string(),
    /** What to do about it; empty where the message says it. */
    advice: z.string(),
  }),
});

/** A number in the query of an address. */
export const queryNumber = z.coerce.number();
export const queryCount = z.coerce.number().int().min(0);

export type ErrorAnswer = z.infer<typeof errorSchema>;
