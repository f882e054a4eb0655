// The time a search has left, over all its sittings.

export class BudgetClock {
  readonly #startedAt = performance.now();
  readonly #spentBefore: number;
  readonly #budget: number;

  /** Seconds. */
  constructor(spentBefore: number, budget: number | undefined) {
    this.#spentBefore = spentBefore;
    this.#budget = budget ?? Infinity;
  }

  /** Of this sitting. */
  get elapsed(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  get spent(): number {
    return this.#spentBefore + this.elapsed;
  }

  get left(): number {
    return Math.max(0, this.#budget - this.spent);
  }
}
