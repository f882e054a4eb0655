/** Complete trials of one objective as the additive model sees them: all at their end, losses compressed. */

import { NoTrialError } from '../errors.js';
import type { Dimension } from '../samplers/gp/unit-space.js';
import { measured } from '../terminators/model.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { AdditiveModel } from './additive-model.js';
import { Compression } from './compression.js';
import type { Place } from './effect-kernel.js';

const TYPICAL_EFFECT = 0.35;

export class TrialEffects {
  readonly dimensions: readonly Dimension[];
  /** One for each trial. */
  readonly points: readonly Float64Array[];
  readonly compression: Compression;
  /** Of each trial, compressed; smaller is better. */
  readonly losses: Float64Array;
  readonly model: AdditiveModel;

  /**
   * @param complete complete trials, of which two with the same parameters are repeats
   * @param noise standard deviation of a run; null where the trials are to tell
   * @throws NoTrialError when they share no parameter
   */
  constructor(complete: readonly FrozenTrial[], direction: Direction, noise: number | null = null) {
    const all = measured({ trials: complete, direction });
    if (!all) throw new NoTrialError('The trials share no parameter, so nothing can be said of any.');
    this.dimensions = all.space.dimensions;
    this.points = all.points;
    const losses = all.values.map((value) => -value);
    this.compression = new Compression(losses);
    this.losses = losses.map((loss) => this.compression.compress(loss));
    this.model = new AdditiveModel({
      axes: this.dimensions.map(({ isCategorical }) => ({
        kind: isCategorical ? 'choice' : 'ordered',
        typicalEffect: TYPICAL_EFFECT,
      })),
      rows: complete.map(({ number }, row) => ({
        ...this.place(row),
        trial: number,
        loss: this.losses[row]!,
        noiseWeight: 1,
      })),
      noise,
    });
  }

  /** Where a trial stands, one axis moved if asked for. */
  place(row: number, axis?: number, position?: number): Place {
    const positions = Array.from(this.points[row]!);
    return { positions: axis === undefined ? positions : positions.with(axis, position!), share: 1 };
  }
}
