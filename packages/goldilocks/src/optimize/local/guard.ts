// Our side of the guardian: tells it which commands to end should this process be gone.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ToGuardian } from './guardian.js';
import type { Started } from './processes.js';

const shippedEntry = fileURLToPath(new URL('./guardian.js', import.meta.url));

export class Guard {
  readonly #entry: string;
  #child: ChildProcess | undefined;
  #ready = Promise.resolve();

  constructor(entry = shippedEntry) {
    this.#entry = entry;
  }

  /** Resolves when the guardian listens: what it is told before may be lost with this process. */
  async ready(): Promise<void> {
    if (this.#child?.connected) return this.#ready;
    // In a group of its own, which a signal to ours does not reach.
    const child = fork(this.#entry, [], { execArgv: [], detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child = child;
    this.#ready = new Promise((resolve) => {
      // A guardian that cannot start guards nothing, but the search can go on.
      for (const event of ['message', 'error', 'exit']) child.once(event, () => resolve());
    });
    child.on('error', () => undefined); // as above
    await this.#ready;
    child.unref();
    child.channel?.unref();
  }

  guard(command: Started): void {
    this.#send({ type: 'guard', command });
  }

  release(command: Started): void {
    this.#send({ type: 'release', command });
  }

  /** The guardian ends whatever is still guarded. */
  close(): void {
    if (this.#child?.connected) this.#child.disconnect();
    this.#child = undefined;
  }

  #send(message: ToGuardian): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }
}
