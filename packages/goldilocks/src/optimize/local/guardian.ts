// The program that ends commands whose Goldilocks is gone: killed, crashed, or its second Ctrl-C.
import { endAll, type Started } from './processes.js';

export type ToGuardian =
  | { readonly type: 'guard'; readonly command: Started }
  | { readonly type: 'release'; readonly command: Started };

/** Time to save what they can; nobody reads their results any more. */
const GRACE_MS = 3000;

const guarded = new Map<string, Started>();

// A terminal sends Ctrl-C and its closing to every process; this one ends when its parent has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.on('message', ({ type, command }: ToGuardian) => {
  if (type === 'guard') guarded.set(command.mark, command);
  else guarded.delete(command.mark);
});

process.on('disconnect', async () => {
  await Promise.all([...guarded.values()].map((command) => endAll(command, GRACE_MS)));
  process.exit(0);
});

process.send?.('ready');
