// Who may speak to the server: programs on this machine that have the token, and no page in a browser.
import type { MiddlewareHandler } from 'hono';
import { checkJsonType } from '../http/body.js';
import { checkHost, ownHosts } from '../http/host.js';
import { HttpError } from '../http/http-error.js';
import { bearerOf, digestOf, isSame } from '../http/secret.js';

export interface GuardOptions {
  readonly token: string;
  /** The port it listens on; hosts of other ports are foreign. */
  port(): number;
}

/** In this order: the host (a page of a foreign name that resolves to us), the browser, the token, the type of the body. */
export function guards({ token, port }: GuardOptions): MiddlewareHandler {
  return async ({ req }, next) => {
    checkHost(req.header('host'), ownHosts(port()));
    if (req.header('origin') !== undefined || isFromPage(req.header('sec-fetch-site'))) {
      throw new HttpError(403, 'Pages in a browser may not ask here; only programs.');
    }
    checkToken(req.header('authorization'), token);
    if (req.method === 'POST') checkJsonType(req.header('content-type'));
    await next();
  };
}

function isFromPage(site: string | undefined): boolean {
  return site !== undefined && site !== 'none';
}

function checkToken(authorization: string | undefined, token: string): void {
  const given = bearerOf(authorization);
  if (given !== undefined && isSame(digestOf(given), digestOf(token))) return;
  throw new HttpError(401, 'The token is missing or wrong; send the header Authorization: Bearer TOKEN.');
}
