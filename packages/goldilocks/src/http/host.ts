// Which hosts a server answers to: a page of a foreign name that resolves to us must not be taken for our own.
import { HttpError } from './http-error.js';

/** Names by which this machine calls itself. */
const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** `host:port` of each name a client may use. `more` are names of other interfaces, where one listens there. */
export function ownHosts(port: number, more: readonly string[] = []): string[] {
  return [...loopback, ...more].map((name) => `${name}:${port}`.toLowerCase());
}

/** @throws HttpError 403 */
export function checkHost(host: string | undefined, own: readonly string[]): void {
  if (host !== undefined && own.includes(host.toLowerCase())) return;
  throw new HttpError(403, `This server answers only to http://${own[0]}.`);
}
