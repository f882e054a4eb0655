// Passes values on to the study as fast as its storage takes them, and asks whether to prune.
import type { Trial } from '@goldilocks/study';
import type { StepValue } from './metrics/metric-log.js';

/** More points make no better curve, and a study with millions of them opens slowly. */
const MOST_VALUES = 10_000;

export interface ReporterOptions {
  /** Whether the pruner is to be asked: it cannot judge several objectives. */
  readonly prunes: boolean;
  onPrune(): void;
  /** The storage refused: the trial cannot go on. */
  onError(error: unknown): void;
}

export class Reporter {
  readonly #trial: Trial;
  readonly #options: ReporterOptions;
  readonly #pending = new Map<number, number>();
  #count = 0;
  #writing: Promise<void> | undefined;
  #isOver = false;

  constructor(trial: Trial, options: ReporterOptions) {
    this.#trial = trial;
    this.#options = options;
  }

  add({ step, value }: StepValue): void {
    if (this.#isOver || this.#pending.has(step) || this.#count >= MOST_VALUES) return;
    this.#count++;
    this.#pending.set(step, value);
    this.#writing ??= this.#write();
  }

  /** Resolves when all that was added is stored. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.size > 0 && !this.#isOver) {
        const values = [...this.#pending];
        this.#pending.clear();
        await this.#trial.reportAll(values);
        if (this.#options.prunes && (await this.#trial.shouldPrune())) {
          this.#isOver = true;
          this.#options.onPrune();
        }
      }
    } catch (error) {
      this.#isOver = true;
      this.#options.onError(error);
    } finally {
      this.#writing = undefined;
    }
  }
}
