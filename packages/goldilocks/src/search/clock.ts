// Time spent on a journey, over all its sittings.

/** Counts wall time from a number of seconds already spent before a resume. */
export class Clock {
  private readonly startedAt: number;

  /** `now` gives milliseconds of any origin. */
  constructor(
    private readonly spentBefore = 0,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  /** Seconds spent so far. */
  get elapsed(): number {
    return this.spentBefore + (this.now() - this.startedAt) / 1000;
  }
}
