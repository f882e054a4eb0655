// The child's side of the conversation: takes requests one after another, answers, stops when told or orphaned.
import { writeFileSync } from 'node:fs';
import type { FromChild, RemoteError, ToChild } from './messages.js';
import type { OperationName, Operations } from './operations.js';

export interface HandlerContext<Name extends OperationName> {
  signal: AbortSignal;
  emit(event: Operations[Name]['event']): void;
}

export type Handlers = {
  [Name in OperationName]: (
    input: Operations[Name]['input'],
    context: HandlerContext<Name>,
  ) => Promise<Operations[Name]['output']>;
};

type AnyHandler = (input: unknown, context: { signal: AbortSignal; emit(event: unknown): void }) => Promise<unknown>;

/** Serves requests from the parent until it closes the channel or disappears. Returns at once. */
export function serve(handlers: Handlers): void {
  beFirstToGo();
  const stops = new Map<number, AbortController>();
  let queue = Promise.resolve();
  process.on('SIGINT', () => undefined); // a terminal sends Ctrl-C to every process; the parent decides
  process.on('SIGTERM', () => {
    for (const stop of stops.values()) stop.abort();
    queue.then(() => process.exit(0));
  });
  process.on('disconnect', () => process.exit(1)); // the parent is gone: nobody would take the result
  const alive = setInterval(() => send({ type: 'alive' }), 10_000);
  alive.unref();
  process.on('message', (message: ToChild) => {
    if (message.type === 'close') queue.then(() => process.exit(0));
    else if (message.type === 'stop') stops.get(message.id)?.abort();
    else {
      const stop = new AbortController();
      stops.set(message.id, stop);
      const handler = handlers[message.operation] as AnyHandler;
      queue = queue
        .then(() => answer(message.id, handler, message.input, stop.signal))
        .then(() => void stops.delete(message.id));
    }
  });
}

async function answer(id: number, handler: AnyHandler, input: unknown, signal: AbortSignal): Promise<void> {
  try {
    const result = await handler(input, { signal, emit: (event) => send({ type: 'event', id, event }) });
    send({ type: 'result', id, result });
  } catch (error) {
    send({ type: 'error', id, error: describeError(error) });
  }
}

function describeError(error: unknown): RemoteError {
  if (!(error instanceof Error)) return { kind: 'Error', message: String(error) };
  const { exitCode } = error as { exitCode?: unknown };
  const user = exitCode === 1 || exitCode === 2 ? { exitCode } : {};
  return { kind: error.name, message: error.message, stack: error.stack, ...user } as RemoteError;
}

function send(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

/** Where memory runs out, Linux should end this process and not the one that serves the person. */
function beFirstToGo(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '800');
  } catch {
    // not permitted in some sandboxes; only a preference
  }
}
