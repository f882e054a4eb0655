// Early stopping: training ends when the validation loss has not improved enough for a number of evaluations.

export interface EarlyStoppingState {
  best?: { value: number; step: number };
  /** The value from which the next improvement is measured. */
  reference?: number;
  /** Evaluations since the last sufficient improvement. */
  waited: number;
}

/**
 * Keeps the lowest value seen (the best checkpoint), and counts evaluations without a sufficient improvement. The two
 * differ: a value that is lower by a hair is the best, but does not buy more time. Small steps do add up, since an
 * improvement is measured from the last sufficient one.
 */
export class EarlyStopping {
  private current: EarlyStoppingState;

  /**
   * @param patience evaluations to wait, 0 = for ever
   * @param minImprovement share of the reference value that counts as an improvement, in [0, 1)
   * @param state from `state` of an earlier one
   */
  constructor(
    private readonly patience: number,
    private readonly minImprovement: number,
    state: EarlyStoppingState = { waited: 0 },
  ) {
    this.current = { ...state };
  }

  /**
   * @param value validation loss, lower is better; NaN or Inf is never an improvement
   * @returns whether this is the best so far
   */
  record(value: number, step: number): boolean {
    const { best, reference } = this.current;
    const improved =
      Number.isFinite(value) &&
      (reference === undefined || value < reference - this.minImprovement * Math.abs(reference));
    this.current.waited = improved ? 0 : this.current.waited + 1;
    if (improved) this.current.reference = value;
    const isBest = Number.isFinite(value) && (best === undefined || value < best.value);
    if (isBest) this.current.best = { value, step };
    return isBest;
  }

  get best(): { value: number; step: number } | undefined {
    return this.current.best;
  }

  get shouldStop(): boolean {
    return this.patience > 0 && this.current.waited >= this.patience;
  }

  /** Plain data, for a checkpoint. */
  get state(): EarlyStoppingState {
    return { ...this.current };
  }
}
