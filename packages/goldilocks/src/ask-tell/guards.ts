// Who may speak to the server: programs on this machine that have the token, and no page in a browser.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { HttpError } from './http-error.js';

export interface GuardOptions {
  readonly token: string;
  /** The port it listens on; hosts of other ports are foreign. */
  port(): number;
}

/** In this order: the host (a page of a foreign name that resolves to us), the browser, the token, the type of the body. */
export function guards({ token, port }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    checkHost(req.header('host'), port());
    if (req.header('origin') !== undefined || isFromPage(req.header('sec-fetch-site'))) {
      throw new HttpError(403, 'Pages in a browser may not ask here; only programs.');
    }
    checkToken(req.header('authorization'), token);
    if (req.method === 'POST' && !/^application\/json\s*(;|$)/i.test(req.header('content-type') ?? '')) {
      throw new HttpError(415, 'The body must be JSON; say so with the header Content-Type: application/json.');
    }
    await next();
  };
}

function checkHost(host: string | undefined, port: number): void {
  const own = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (host !== undefined && own.includes(host.toLowerCase())) return;
  throw new HttpError(403, `This server answers only to http://127.0.0.1:${port}.`);
}

function isFromPage(site: string | undefined): boolean {
  return site !== undefined && site !== 'none';
}

function checkToken(authorization: string | undefined, token: string): void {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new HttpError(401, 'The token is missing or wrong; send the header Authorization: Bearer TOKEN.');
}

/** Of equal length whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
