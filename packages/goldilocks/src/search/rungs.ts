// Where trials are measured, compared and may pause.

/** A rung's survivors are one in this many (ASHA, 1810.05934). */
export const reduction = 3;

/**
 * Shares of a trial's own schedule. A decaying learning rate makes equal numbers of steps unfair, as a longer run is
 * still at a high rate where a shorter one has settled; equal shares compare like with like.
 */
export const rungShares: readonly number[] = [1 / 9, 1 / 3, 1];

export const topRung = rungShares.length - 1;

/** The step under which a rung's value is stored in the study: the share in thousandths, as Optuna's steps are integers. */
export function rungStep(rung: number): number {
  return Math.round(1000 * rungShares[rung]!);
}

/** The rung stored under a step; undefined for a step of another origin. */
export function rungOfStep(step: number): number | undefined {
  const rung = rungShares.findIndex((_, i) => rungStep(i) === step);
  return rung < 0 ? undefined : rung;
}
