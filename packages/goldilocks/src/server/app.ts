// The server's requests: guards, every route of the API by its schemas, and the page's files.
import { type Route, type RouteName, routes } from '@goldilocks/protocol/page';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { checked, readBody } from '../http/body.js';
import { answerOf, HttpError } from '../http/http-error.js';
import { apiGuard, type GuardOptions, hostGuard } from './guards.js';
import type { Asked, Handlers } from './route-types.js';
import { safeHeaders, staticFiles } from './static-files.js';

export interface AppOptions extends Pick<GuardOptions, 'hosts' | 'sessions'> {
  readonly handlers: Handlers;
  /** The built page. */
  readonly page: string | undefined;
  /** Takes what went wrong in a way that nobody foresaw. */
  onError?(error: unknown): void;
}

/** Corrections to many thousand rows fit. */
const largestBody = 32 * 1024 * 1024;

const table = Object.entries(routes as Record<string, Route>) as [RouteName, Route][];

export function createApp({ handlers, page, onError, ...guard }: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    const { status, message } = answerOf(error);
    if (status === 500) onError?.(error);
    const advice = error instanceof HttpError ? error.advice : '';
    return context.json({ error: { message, advice } }, status);
  });
  const uploads = table.filter(([, { upload }]) => upload).map(([, { path }]) => path);
  app.use(safeHeaders());
  app.use(hostGuard({ ...guard, uploads }));
  app.use('/api/*', apiGuard({ ...guard, uploads }));
  const limit = bodyLimit({ maxSize: largestBody, onError: tooLarge });
  for (const [name, route] of table) {
    const handler = handlers[name] as Handle;
    const answer = route.stream ? streamed : answered;
    const use = route.upload ? [] : [limit];
    app.on(route.method, [route.path], ...use, (context) => answer(context, route, handler));
  }
  app.all('/api/*', () => {
    throw new HttpError(404, 'The API has nothing of this name.');
  });
  app.use(staticFiles(page));
  return app;
}

type Handle = (asked: unknown, tell?: unknown) => Promise<unknown>;

async function answered(context: Context, route: Route, handle: Handle): Promise<Response> {
  return context.json((await handle(await askedOf(context, route))) as object);
}

/** What goes wrong before the first event is an error's answer; later it ends the stream. */
async function streamed(context: Context, route: Route, handle: Handle): Promise<Response> {
  const asked = await askedOf(context, route);
  context.header('Cache-Control', 'no-store');
  context.header('X-Accel-Buffering', 'no');
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const signal = AbortSignal.any([asked.signal, gone.signal]);
    await handle({ ...asked, signal }, async (event: unknown, id?: string) => {
      signal.throwIfAborted();
      await stream.writeSSE({ data: JSON.stringify(event), ...(id !== undefined && { id }) });
    }).catch(async (error: unknown) => {
      if (signal.aborted) return;
      const { message } = answerOf(error);
      await stream.writeSSE({ event: 'failed', data: JSON.stringify({ error: { message, advice: '' } }) });
    });
  });
}

async function askedOf(context: Context, route: Route): Promise<Asked<RouteName>> {
  const { req } = context;
  const query = route.query === undefined ? undefined : checked(req.query(), route.query, 'The address');
  const body = route.body === undefined ? undefined : await readBody(context, route.body as z.ZodType);
  return {
    path: req.param() as never,
    query: query as never,
    body: body as never,
    bytes: route.upload ? req.raw.body : null,
    signal: req.raw.signal,
    lastEventId: req.header('last-event-id'),
  };
}

function tooLarge(): never {
  throw new HttpError(413, `The body is larger than ${largestBody} bytes.`);
}
