// A Hub on this machine for tests: repositories with files, and every way in which a transfer goes wrong.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeFile {
  path: string;
  content: Buffer;
  /** As the listing says; default: the right ones. */
  size?: number;
  hash?: string;
}

export interface FakeRepository {
  id: string;
  kind?: 'model' | 'dataset';
  /** Several repositories of one id are its commits; the first is what branches stand for. */
  commit?: string;
  files: FakeFile[];
  /** Only with this token. */
  token?: string;
}

/** Answers a request in place of the server; returns false to let it answer. `count` is how often this path was asked for, from 1. */
export type Trick = (request: IncomingMessage, response: ServerResponse, count: number) => boolean;

/** Responds in place of the server to requests for which the condition holds. */
export const instead =
  (
    condition: (path: string, count: number) => boolean,
    respond: (response: ServerResponse, request: IncomingMessage, count: number) => void,
  ): Trick =>
  (request, response, count) => {
    const applies = condition(request.url!, count);
    if (applies) respond(response, request, count);
    return applies;
  };

export interface HubServer {
  endpoint: string;
  /** Paths asked for, with the range and the token that came along. */
  requests: { path: string; range?: string; authorization?: string }[];
  close(): Promise<void>;
}

export const defaultCommit = 'a'.repeat(40);

/** Large files have their sha256, small ones git's sha1, as on the Hub. */
export function hashOf(content: Buffer): string {
  if (content.length >= 1000) return createHash('sha256').update(content).digest('hex');
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

export async function startHub(
  repositories: readonly FakeRepository[],
  trick: Trick = () => false,
): Promise<HubServer> {
  const requests: HubServer['requests'] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname);
    const { range, authorization } = request.headers;
    requests.push({ path, range, authorization });
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    if (!trick(request, response, count)) answer(repositories, path, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, requests, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function answer(
  repositories: readonly FakeRepository[],
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  for (const repository of repositories) {
    const { kind = 'model', id, commit = defaultCommit, files, token } = repository;
    const place = `${kind === 'dataset' ? '/datasets' : ''}/${id}/resolve/${commit}/`;
    const api = `/api/${kind}s/${id}`;
    if (!path.startsWith(place) && !path.startsWith(api)) continue;
    const asked = /[/]([0-9a-f]{40})(?:[/]|$)/.exec(path)?.[1];
    if (asked !== undefined && asked !== commit) continue;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) end(response, 401);
    else if (path.startsWith(`${api}/tree/`)) json(response, files.map(entryOf));
    else if (path.startsWith(api)) json(response, infoOf(id, commit));
    else
      sendFile(
        files.find((each) => place + each.path === path),
        request,
        response,
      );
    return;
  }
  end(response, 404);
}

function sendFile(file: FakeFile | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (file) send(file.content, request, response);
  else end(response, 404);
}

const infoOf = (id: string, sha: string) => ({
  _id: '1',
  id,
  sha,
  private: false,
  gated: false,
  downloads: 0,
  likes: 0,
  lastModified: '2026-01-01',
});

function entryOf({ path, content, size = content.length, hash = hashOf(content) }: FakeFile) {
  const lfs = hash.length === 64 ? { lfs: { oid: hash, size, pointerSize: 130 } } : {};
  return { type: 'file', path, size, oid: hash.slice(0, 40), ...lfs };
}

export function send(content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start > 0 && start >= content.length) {
    end(response, 416);
    return;
  }
  if (start > 0) {
    response.writeHead(206, { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` });
  }
  response.end(content.subarray(start));
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

export function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}
