// A stand-in for Ray's job API on loopback, whose answers a test can bend.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeJob {
  body: Record<string, unknown>;
  status: string;
  message?: string;
  exitCode?: number;
  logs: string;
}

/** Done instead of the usual answer to a request; returns whether it has answered (or hung up). */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export class FakeRay {
  readonly jobs = new Map<string, FakeJob>();
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers'] }[] = [];
  /** Called for each request in turn, once each. */
  readonly faults: Fault[] = [];
  private readonly server = createServer((request, response) => void this.answer(request, response));

  static async start(): Promise<FakeRay> {
    const fake = new FakeRay();
    fake.server.listen(0, '127.0.0.1');
    await once(fake.server, 'listening');
    return fake;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, headers });
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const fault = this.faults.shift();
    const body = Buffer.concat(chunks).toString();
    // A fault after the work is done is an answer that never arrives.
    const [status, value] = this.work(method, url, body === '' ? {} : JSON.parse(body));
    if (fault?.(request, response)) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  }

  private work(method: string, url: string, body: Record<string, unknown>): [number, unknown] {
    if (url === '/api/version') return [200, { ray_version: '2.60.0' }];
    if (method === 'POST' && url === '/api/jobs/') return this.submit(body);
    const [, id = '', action] = /^\/api\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(url) ?? [];
    const job = this.jobs.get(decodeURIComponent(id));
    if (job === undefined) return [404, `Job ${id} does not exist`];
    if (action === 'logs') return [200, { logs: job.logs }];
    if (action === 'stop') {
      job.status = 'STOPPED';
      return [200, { stopped: true }];
    }
    if (method === 'DELETE') return [200, { deleted: this.jobs.delete(decodeURIComponent(id)) }];
    return [200, { status: job.status, message: job.message ?? null, driver_exit_code: job.exitCode ?? null }];
  }

  private submit(body: Record<string, unknown>): [number, unknown] {
    const id = String(body.submission_id);
    if (this.jobs.has(id)) return [500, `RuntimeError: ValueError: Job with submission_id ${id} already exists.`];
    this.jobs.set(id, { body, status: 'PENDING', logs: '' });
    return [200, { submission_id: id }];
  }
}

/** Ray's answer while it cannot serve. */
export const unavailable: Fault = (_, response) => {
  response.writeHead(503);
  response.end('starting');
  return true;
};

/** The work is done, the answer is lost. */
export const hangUp: Fault = (request) => {
  request.socket.destroy();
  return true;
};
