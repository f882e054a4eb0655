// Ctrl-C: once finishes the step and saves, twice stops at once.

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `onFirst` is to say that the step is being finished. A second signal ends the process with 130. */
export function listenForInterrupts(onFirst: () => void): Interrupts {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    onFirst();
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    signal: controller.signal,
    end() {
      for (const signal of signals) process.removeListener(signal, listener);
    },
  };
}

/** Resolves when the signal is raised; at once where it was. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
