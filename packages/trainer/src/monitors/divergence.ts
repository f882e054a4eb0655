// Watches the training loss: numbers that are not finite, and a loss that ran away. Returns a diagnosis when the run should end.

import type { Diagnosis } from './diagnosis.js';

export interface WatchedStep {
  /** Number of the step just done. */
  step: number;
  /** Mean training loss of the step. */
  loss: number;
  /** False where the optimizer left the step out because its gradient was not finite. */
  applied: boolean;
}

export interface DivergenceLimits {
  /** Steps in a row that may be left out before the run is given up. */
  skippedInARow: number;
  /** Steps whose mean loss is the start. */
  startSteps: number;
  /** The loss has diverged where its smoothed value stays above start + max(`riseShare` · start, `riseNats`) … */
  riseShare: number;
  riseNats: number;
  /** … for this many steps in a row. */
  highSteps: number;
}

export const defaultDivergenceLimits: DivergenceLimits = {
  skippedInARow: 5,
  startSteps: 5,
  riseShare: 0.5,
  riseNats: 0.5,
  highSteps: 20,
};

export interface DivergenceState {
  /** Steps left out so far, and the last of them in a row. */
  skipped: number;
  skippedInARow: number;
  startCount: number;
  startSum: number;
  smoothed: number;
  highInARow: number;
}

const smoothing = 0.9;

export class DivergenceMonitor {
  private readonly limits: DivergenceLimits;
  private current: DivergenceState;

  /** @param state from `state` of an earlier one */
  constructor(limits: Partial<DivergenceLimits> = {}, state?: DivergenceState) {
    this.limits = { ...defaultDivergenceLimits, ...limits };
    this.current = state
      ? { ...state }
      : { skipped: 0, skippedInARow: 0, startCount: 0, startSum: 0, smoothed: 0, highInARow: 0 };
  }

  /** @returns a diagnosis where the run should end, else nothing */
  observe({ step, loss, applied }: WatchedStep): Diagnosis | undefined {
    if (!applied || !Number.isFinite(loss)) return this.observeSkipped(step, loss);
    this.current.skippedInARow = 0;
    return this.observeLoss(step, loss);
  }

  /** Steps left out so far because loss or gradient was not finite. */
  get skipped(): number {
    return this.current.skipped;
  }

  /** Plain data, for a checkpoint. */
  get state(): DivergenceState {
    return { ...this.current };
  }

  private observeSkipped(step: number, loss: number): Diagnosis | undefined {
    this.current.skipped += 1;
    this.current.skippedInARow += 1;
    if (this.current.skippedInARow < this.limits.skippedInARow) return undefined;
    const what = Number.isFinite(loss) ? 'gradient' : 'loss';
    return {
      kind: 'not-finite',
      step,
      message: `The ${what} was not a finite number in ${this.current.skippedInARow} steps in a row, up to step ${step}; none of them changed the weights.`,
      advice:
        this.current.startCount === 0
          ? 'It was so from the first step: check that the base model’s weights are sound (goldilocks evaluate), then lower the learning rate.'
          : 'Lower the learning rate to a third, lengthen the warm-up, or clip gradients to a smaller norm.',
    };
  }

  private observeLoss(step: number, loss: number): Diagnosis | undefined {
    const { startSteps, riseShare, riseNats, highSteps } = this.limits;
    const state = this.current;
    if (state.startCount < startSteps) {
      state.startCount += 1;
      state.startSum += loss;
      state.smoothed = state.startSum / state.startCount;
      return undefined;
    }
    const start = state.startSum / state.startCount;
    state.smoothed = smoothing * state.smoothed + (1 - smoothing) * loss;
    const high = state.smoothed > start + Math.max(riseShare * start, riseNats);
    state.highInARow = high ? state.highInARow + 1 : 0;
    if (state.highInARow < highSteps) return undefined;
    return {
      kind: 'diverged',
      step,
      message: `The training loss began at ${start.toFixed(2)} and has stayed around ${state.smoothed.toFixed(2)} for ${highSteps} steps, up to step ${step}: the weights are being driven away.`,
      advice: 'Lower the learning rate to a third, or lengthen the warm-up; a larger batch also helps.',
    };
  }
}
