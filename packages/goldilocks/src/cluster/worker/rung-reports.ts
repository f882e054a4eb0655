// Reports a trial's best loss at each share of its schedule while it trains, and asks whether to go on.
import type { Trial } from '@goldilocks/study';
import type { Evaluation, TrainingEvent } from '@goldilocks/trainer';
import { rungShares, rungStep, topRung } from '../../search/rungs.js';

/** Shares are fractions of whole steps. */
const tolerance = 1e-9;

export class RungReports {
  private readonly falling = new AbortController();
  private best = Number.POSITIVE_INFINITY;
  private next = 0;
  private writing: Promise<void> = Promise.resolve();
  private failure: unknown;
  /** Where the trial fell behind, and with what value. */
  fell: { share: number; value: number } | undefined;

  /** @param fallsBehind asked after each report below the last share: whether the trial should be stopped there */
  constructor(
    private readonly trial: Trial,
    private readonly fallsBehind: () => Promise<boolean>,
  ) {}

  /** Aborts when the trial should be stopped, or when the study refuses its reports. */
  get signal(): AbortSignal {
    return this.falling.signal;
  }

  notice(event: TrainingEvent): void {
    // A run that is taken up again tells first what was measured before.
    if (event.type === 'start') for (const evaluation of event.history) this.measured(evaluation);
    if (event.type === 'evaluation') this.measured(event.evaluation);
  }

  /** Resolves when all reports are written. Throws what the study refused. */
  async written(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
  }

  /** Reports the rest of a trial that is over: the last share, and those that it never reached as it stopped early. */
  async complete(value: number): Promise<void> {
    for (; this.next <= topRung; this.next++) await this.trial.report(value, rungStep(this.next));
  }

  private measured({ share, loss }: Pick<Evaluation, 'share' | 'loss'>): void {
    this.best = Math.min(this.best, loss);
    for (; this.next < topRung && share >= rungShares[this.next]! - tolerance; this.next++) {
      const [rung, value] = [this.next, this.best];
      this.writing = this.writing.then(() => this.report(rung, value));
    }
  }

  private async report(rung: number, value: number): Promise<void> {
    if (this.falling.signal.aborted) return;
    try {
      await this.trial.report(value, rungStep(rung));
      if (!(await this.fallsBehind())) return;
      this.fell = { share: rungShares[rung]!, value };
      this.falling.abort();
    } catch (error) {
      this.failure = error;
      this.falling.abort(error);
    }
  }
}
