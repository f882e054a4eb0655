// Time spent on a journey, over all its sittings.

/** Counts wall time from a number of seconds already spent before a resume. */
export class Clock {
  private readonly startedAt: number;
  /** Milliseconds that were held so far, and since when it is held now. */
  private held = 0;
  private heldSince: number | undefined;

  /** `now` gives milliseconds of any origin. */
  constructor(
    private readonly spentBefore = 0,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  /** Seconds spent so far. */
  get elapsed(): number {
    const now = this.heldSince ?? this.now();
    return this.spentBefore + (now - this.startedAt - this.held) / 1000;
  }

  /** Stands still until `release`: a pause costs no budget. */
  hold(): void {
    this.heldSince ??= this.now();
  }

  release(): void {
    if (this.heldSince !== undefined) this.held += this.now() - this.heldSince;
    this.heldSince = undefined;
  }
}
