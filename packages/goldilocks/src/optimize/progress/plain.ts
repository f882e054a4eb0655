// A search over a command's flags as lines of a log, for pipes and build servers.
import type { OutputStream } from '../../terminal/painter.js';
import type { ProgressDisplay } from '../../terminal/progress.js';
import { stripControl } from '../../terminal/strip-control.js';
import type { OptimizeEvent } from '../events.js';
import { eventText } from './text.js';

/** Values come many times a minute: one this often is enough to see that work goes on. */
const quietFor = 10_000;

export class PlainOptimizeProgress implements ProgressDisplay<OptimizeEvent> {
  readonly #stream: OutputStream;
  readonly #now: () => number;
  readonly #startedAt: number;
  #lastAt = 0;
  #metrics: readonly string[] = [];

  constructor({ stream, now }: { stream: OutputStream; now: () => number }) {
    this.#stream = stream;
    this.#now = now;
    this.#startedAt = now();
    this.#lastAt = now();
  }

  handle(event: OptimizeEvent): void {
    if (event.type === 'study-started') this.#metrics = event.metrics;
    if (event.type === 'trial-value' && this.#now() - this.#lastAt < quietFor) return;
    const text = eventText(event, this.#metrics);
    if (text === null) return;
    this.#lastAt = this.#now();
    this.#stream.write(`${this.#clock()}  ${stripControl(text).replace(/\s+/g, ' ')}\n`);
  }

  stop(): void {}

  #clock(): string {
    const seconds = Math.floor((this.#now() - this.#startedAt) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
