// Who may speak to the server: the page that it serves itself, in a browser that has the secret.
import type { HonoRequest, MiddlewareHandler } from 'hono';
import { checkJsonType } from '../http/body.js';
import { checkHost } from '../http/host.js';
import { HttpError } from '../http/http-error.js';
import { bearerOf } from '../http/secret.js';
import type { Sessions } from './sessions.js';

export interface GuardOptions {
  readonly sessions: Sessions;
  /** `host:port` of each name the page may be opened by. */
  hosts(): readonly string[];
  /** Paths whose body is bytes. */
  readonly uploads: readonly string[];
}

/** Every request: the host, so that no foreign name that resolves to us is served. */
export function hostGuard({ hosts }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    checkHost(req.header('host'), hosts());
    await next();
  };
}

/** Requests to the API: that they come from the page of this very origin, with the secret, and bodies of the right type. */
export function apiGuard({ sessions, hosts, uploads }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    checkOrigin(req, hosts());
    const opens = req.method === 'POST' && req.path === '/api/session';
    if (!opens) checkSecret(req, sessions);
    if (req.method !== 'GET' && req.method !== 'HEAD') checkType(req, uploads);
    await next();
  };
}

/** Other ports of this machine are «same-site», so only «same-origin» will do. Programs send neither header. */
function checkOrigin(req: HonoRequest, hosts: readonly string[]): void {
  const origin = req.header('origin')?.toLowerCase();
  const site = req.header('sec-fetch-site');
  const isOwn = origin === undefined || hosts.some((host) => origin === `http://${host}`);
  if (isOwn && (site === undefined || site === 'same-origin')) return;
  throw new HttpError(403, 'Only the page of this server itself may ask here.');
}

function checkSecret(req: HonoRequest, sessions: Sessions): void {
  const given = bearerOf(req.header('authorization'));
  if (given !== undefined && sessions.knows(given)) return;
  throw new HttpError(
    401,
    'This browser is not known to the server.',
    'Open the address that goldilocks serve prints; it lets this browser in.',
  );
}

function checkType(req: HonoRequest, uploads: readonly string[]): void {
  const type = req.header('content-type');
  const isUpload = uploads.includes(req.path);
  if (!isUpload) checkJsonType(type);
  if (!isUpload || /^application\/octet-stream\s*(;|$)/i.test(type ?? '')) return;
  throw new HttpError(415, 'A file is sent as its bytes, with the header Content-Type: application/octet-stream.');
}
