/** What the additive model explains. */

import type { EffectAxis, Place } from './effect-kernel.js';

export interface Row extends Place {
  readonly trial: number;
  /** What is explained. */
  readonly loss: number;
  /** Variance of its noise, relative to that of an ordinary measurement. */
  readonly noiseWeight: number;
}

export interface AdditiveModelInput {
  readonly axes: readonly EffectAxis[];
  readonly rows: readonly Row[];
  /** Standard deviation that chance alone gives an ordinary measurement, > 0; null where the rows are to tell. */
  readonly noise: number | null;
}
