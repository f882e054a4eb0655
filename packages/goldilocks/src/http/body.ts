// What a request says, checked by its schema.
import type { Context } from 'hono';
import type { z } from 'zod';
import { excerpt } from '../terminal/strip-control.js';
import { HttpError } from './http-error.js';

/** @throws HttpError 415 for a body that does not say it is JSON, which a form of a foreign page cannot say either */
export function checkJsonType(type: string | undefined): void {
  if (/^application\/json\s*(;|$)/i.test(type ?? '')) return;
  throw new HttpError(415, 'The body must be JSON; say so with the header Content-Type: application/json.');
}

/** @throws HttpError 400 naming what is wrong, and where */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await context.req.text();
  let content: unknown;
  try {
    content = JSON.parse(text === '' ? '{}' : text);
  } catch (error) {
    throw new HttpError(400, `The body is not JSON: ${excerpt((error as Error).message, 200)}.`);
  }
  return checked(content, schema, 'The body');
}

/** @throws HttpError 400 naming what is wrong, and where */
export function checked<Schema extends z.ZodType>(content: unknown, schema: Schema, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue!.path.map(String).join('.');
  throw new HttpError(400, `${place === '' ? what : excerpt(place, 120)}: ${excerpt(issue!.message, 200)}.`);
}
