// Requests to Ray's dashboard, repeated while it cannot answer.
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { RayError } from './ray-error.js';

export interface HttpOptions {
  /** Such as `http://127.0.0.1:8265`. */
  address: string;
  /** Sent as a bearer token, as Ray's token authentication and most proxies before it expect. */
  token?: string;
  /** How long Ray may be gone before we give up. Default 120 s. */
  patienceSeconds?: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  body: string;
  /** Whether an earlier try may have reached Ray without our hearing of it. */
  repeated: boolean;
}

const firstWaitMs = 250;
const longestWaitMs = 10_000;
const answerMs = 30_000;
/** A log can be long, but what a command prints without end should not fill our memory. */
const largestBody = 512 * 1024 * 1024;

/**
 * Sends a request; where Ray does not answer, or answers that it cannot now, again after 0.25, 0.5, 1 … 10 s. Only for requests that
 * do no harm when they arrive twice.
 * @throws RayError when patience is over, with the last reason; the signal's reason when it aborts
 */
export async function send(options: HttpOptions, method: string, path: string, body?: unknown): Promise<Answer> {
  const until = performance.now() + 1000 * (options.patienceSeconds ?? 120);
  let wait = firstWaitMs;
  for (let tries = 0; ; tries++) {
    options.signal?.throwIfAborted();
    const answer = await sendOnce(options, method, path, body).catch((error: Error) => error);
    const reason = answer instanceof Error ? answer.message : passing(answer);
    if (!(answer instanceof Error) && reason === undefined) return { ...answer, repeated: tries > 0 };
    if (performance.now() + wait > until) throw unreachable(options, reason!, answer);
    await sleep(wait * (0.75 + Math.random() / 2), undefined, { signal: options.signal });
    wait = Math.min(2 * wait, longestWaitMs);
  }
}

/** Why an answer is worth another try; undefined for one to be taken as it is. */
function passing({ status, body }: Omit<Answer, 'repeated'>): string | undefined {
  // Ray answers 500 for what it refuses, too; such an answer names the request's own fault.
  const isRefusal = /ValueError|TypeError|already exists|does not exist|not found/i.test(body);
  const isPassing = status === 429 || status === 408 || (status >= 500 && !isRefusal);
  return isPassing ? `it answered ${status}: ${firstLine(body)}` : undefined;
}

function unreachable({ address, patienceSeconds = 120 }: HttpOptions, reason: string, cause: unknown): RayError {
  return new RayError(
    `Ray at ${address} has not answered for ${patienceSeconds} s (${reason}). Check that it runs and that the address is its dashboard's, such as http://127.0.0.1:8265.`,
    { cause: cause instanceof Error ? cause : undefined },
  );
}

// Not `fetch`: it sends Sec-Fetch-Mode, by which Ray takes us for a browser and refuses to submit.
function sendOnce(
  { address, token, signal }: HttpOptions,
  method: string,
  path: string,
  body: unknown,
): Promise<Omit<Answer, 'repeated'>> {
  const url = new URL(path, address.endsWith('/') ? address : `${address}/`);
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    accept: 'application/json',
    ...(content !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, timeout: answerMs };
    const outgoing = (url.protocol === 'https:' ? secureRequest : plainRequest)(url, options, (incoming) => {
      read(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, body: text }), reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerMs / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`the answer is larger than ${largestBody / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  // Of a Python traceback the last line says what happened.
  const said = /^Traceback/.test(lines[0] ?? '') ? lines.filter((line) => line !== '').at(-1) : lines[0];
  return (said ?? '').slice(0, 300);
}
