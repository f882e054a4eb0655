// Progress as lines of a log, for pipes and build servers: a line an event, and no more than are worth reading.
import type { JourneyEvent, Purpose } from '@goldilocks/protocol';
import type { OutputStream } from './painter.js';
import { eventText } from './progress-text.js';
import { stripControl } from './strip-control.js';

/** Events that come many times a minute: one of each kind this often is enough to see that work goes on. */
const quietFor: Partial<Record<JourneyEvent['type'], number>> = {
  'trial-step': 15_000,
  'stage-progress': 5_000,
  'trial-evaluation': 2_000,
  best: 0,
};

export interface PlainProgressOptions {
  stream: OutputStream;
  now: () => number;
}

export class PlainProgress {
  readonly #stream: OutputStream;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #lastOf = new Map<JourneyEvent['type'], number>();
  readonly #purposes = new Map<number, Purpose>();
  readonly #failures = new Map<string, number>();

  constructor({ stream, now }: PlainProgressOptions) {
    this.#stream = stream;
    this.#now = now;
    this.#startedAt = now();
  }

  handle(event: JourneyEvent): void {
    if (event.type === 'trial-started') this.#purposes.set(event.trial, event.purpose);
    if (this.#isTooSoon(event)) return;
    const text = eventText(this.#shortened(event), (trial) => this.#purposes.get(trial) ?? 'search');
    if (text !== null) this.#stream.write(`${this.#clock()}  ${stripControl(text).replace(/\s+/g, ' ')}\n`);
  }

  stop(): void {}

  #isTooSoon(event: JourneyEvent): boolean {
    const now = this.#now();
    const quiet = quietFor[event.type];
    // Steps only fill silence: where evaluations or other trials were just told, they add nothing.
    const last = event.type === 'trial-step' ? Math.max(...this.#lastOf.values()) : this.#lastOf.get(event.type);
    if (quiet !== undefined && last !== undefined && now - last < quiet) return true;
    this.#lastOf.set(event.type, now);
    return false;
  }

  /** The same message again would read like a new trouble. */
  #shortened(event: JourneyEvent): JourneyEvent {
    if (event.type !== 'trial-failed') return event;
    const before = this.#failures.get(event.message);
    if (before === undefined) this.#failures.set(event.message, event.trial);
    return before === undefined ? event : { ...event, message: `the same as trial ${before}` };
  }

  #clock(): string {
    const seconds = Math.floor((this.#now() - this.#startedAt) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
