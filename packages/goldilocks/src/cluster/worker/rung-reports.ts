// Reports a trial's best loss at each share of its schedule while it trains, and asks whether to go on.
import type { JourneyEvent } from '@goldilocks/protocol';
import type { Trial } from '@goldilocks/study';
import type { Evaluation } from '@goldilocks/trainer';
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

  notice(event: JourneyEvent): void {
    if (event.type !== 'trial-evaluation') return;
    this.best = Math.min(this.best, event.loss);
    for (; this.next < topRung && event.share >= rungShares[this.next]! - tolerance; this.next++) {
      const [rung, value] = [this.next, this.best];
      this.writing = this.writing.then(() => this.report(rung, value));
    }
  }

  /** Resolves when all reports are written. Throws what the study refused. */
  async written(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
  }

  /** Reports what is still missing of a trial that is over: shares that it passed before it was taken up again, and the last. */
  async complete(history: readonly Evaluation[], value: number): Promise<void> {
    for (let rung = 0; rung < topRung; rung++) {
      await this.trial.report(bestUpTo(rungShares[rung]!, history) ?? value, rungStep(rung));
    }
    await this.trial.report(value, rungStep(topRung));
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

/** The best loss measured up to a share; a share is measured at the first step at or after it. */
function bestUpTo(share: number, history: readonly Evaluation[]): number | undefined {
  const at = history.find((evaluation) => evaluation.share >= share - tolerance)?.share ?? share;
  const losses = history.filter((evaluation) => evaluation.share <= at).map(({ loss }) => loss);
  return losses.length === 0 ? undefined : Math.min(...losses);
}
