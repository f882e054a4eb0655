// The routes: each checks its request by its schema and answers JSON.
import { askTell } from '@goldilocks/protocol';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readBody } from '../http/body.js';
import { answerOf, HttpError } from '../http/http-error.js';
import { excerpt } from '../terminal/strip-control.js';
import { type GuardOptions, guards } from './guards.js';
import type { Studies } from './studies.js';

/** A space with thousands of choices fits. */
const LARGEST_BODY = 1024 * 1024;

export function createApp(studies: Studies, guard: GuardOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    const { status, message } = answerOf(error);
    return context.json({ error: { message } }, status);
  });
  app.notFound(() => {
    throw new HttpError(404, 'There is nothing here. docs/ask-tell.md lists what can be asked.');
  });
  app.use(guards(guard));
  app.use(bodyLimit({ maxSize: LARGEST_BODY, onError: tooLarge }));
  const study = (context: Context) => context.req.param('study')!;
  app.post('/studies', async (context) => {
    return context.json(await studies.create(await readBody(context, askTell.createStudyRequest)));
  });
  app.get('/studies/:study/best', async (context) => context.json(await studies.best(study(context))));
  app.get('/studies/:study/trials', async (context) => context.json(await studies.trials(study(context))));
  app.post('/studies/:study/ask', async (context) => {
    await readBody(context, askTell.askRequest);
    return context.json(await studies.ask(study(context)));
  });
  app.post('/studies/:study/trials/:trial/report', async (context) => {
    const report = await readBody(context, askTell.reportRequest);
    return context.json(await studies.report(study(context), trial(context), report));
  });
  app.post('/studies/:study/trials/:trial/tell', async (context) => {
    const told = await readBody(context, askTell.tellRequest);
    return context.json(await studies.tell(study(context), trial(context), told));
  });
  app.post('/studies/:study/trials/:trial/heartbeat', async (context) => {
    await readBody(context, askTell.heartbeatRequest);
    return context.json(await studies.heartbeat(study(context), trial(context)));
  });
  return app;
}

function tooLarge(): never {
  throw new HttpError(413, `The body is larger than ${LARGEST_BODY} bytes.`);
}

function trial(context: Context): number {
  const text = context.req.param('trial')!;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(400, `«${excerpt(text)}» is no trial's number.`);
}
