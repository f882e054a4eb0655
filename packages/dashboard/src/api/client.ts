// Asks the server: every call is typed by the contract in `@goldilocks/protocol/page`, and every answer checked by it.
import {
  type AnswerOf,
  addressOf,
  type BodyOf,
  type PathOf,
  type QueryOf,
  type Route,
  type RouteName,
  routes,
  type StreamOf,
} from '@goldilocks/protocol/page';
import { config } from 'zod';
import { errorOf, UnreachableError } from './errors.js';
import { forgetSecret, secret } from './session.js';
import { readEvents } from './sse.js';

// Compiled schemas would need `unsafe-eval`.
config({ jitless: true });

export interface Call<Name extends RouteName> {
  path?: PathOf<Name>;
  query?: QueryOf<Name>;
  body?: BodyOf<Name> | Blob;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string>;
}

/** The server's answer, once. */
export async function call<Name extends RouteName>(name: Name, options: Call<Name> = {}): Promise<AnswerOf<Name>> {
  const response = await request(name, options);
  const route: Route = routes[name];
  return route.answer!.parse(await response.json()) as AnswerOf<Name>;
}

/** The events of a streamed answer, each once it is there. */
export async function* stream<Name extends RouteName>(
  name: Name,
  options: Call<Name> = {},
): AsyncGenerator<{ id: string; value: StreamOf<Name> }> {
  const response = await request(name, options);
  const route: Route = routes[name];
  for await (const { id, data } of readEvents(response.body!)) {
    yield { id, value: route.stream!.parse(JSON.parse(data)) as StreamOf<Name> };
  }
}

async function request<Name extends RouteName>(name: Name, options: Call<Name>): Promise<Response> {
  const { path = {} as PathOf<Name>, query, body, signal, headers } = options;
  const route: Route = routes[name];
  const key = secret();
  const response = await fetch(addressOf(name, path, query), {
    method: route.method,
    headers: {
      ...(key && { Authorization: `Bearer ${key}` }),
      ...(route.method === 'POST' && {
        'Content-Type': route.upload ? 'application/octet-stream' : 'application/json',
      }),
      ...headers,
    },
    ...(route.method === 'POST' && { body: body instanceof Blob ? body : JSON.stringify(body ?? {}) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted ? error : new UnreachableError();
  });
  if (response.status === 401) forgetSecret();
  if (!response.ok) throw await errorOf(response);
  return response;
}
