/** Trials of one objective as the additive model sees them, at their end and, if asked for, at earlier shares: losses compressed. */

import { coordinate } from '../distributions/unit.js';
import { NoTrialError } from '../errors.js';
import { own } from '../json.js';
import { readPausable } from '../multi-fidelity/pausable-trial.js';
import type { Dimension } from '../samplers/gp/unit-space.js';
import { measured } from '../terminators/model.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { AdditiveModel } from './additive-model.js';
import type { Row } from './additive-model-input.js';
import { Compression } from './compression.js';
import type { Place } from './effect-kernel.js';

const TYPICAL_EFFECT = 0.35;
const END: readonly number[] = [1];

export interface TrialEffectsOptions {
  readonly direction: Direction;
  /** Standard deviation of a run; null where the trials are to tell. */
  readonly noise?: number | null;
  /** Shares of the schedule at which trials were measured, so that those left early tell, too. Default: only the end. */
  readonly shares?: readonly number[];
}

/** One of the shares, and the losses there. */
interface Stage {
  readonly share: number;
  readonly compression: Compression;
  /** Of each trial, compressed; undefined where it was not measured. */
  readonly losses: readonly (number | undefined)[];
}

export class TrialEffects {
  /** Those that have a value; all else goes by their place among them. */
  readonly trials: readonly FrozenTrial[];
  readonly dimensions: readonly Dimension[];
  /** One for each trial. */
  readonly points: readonly Float64Array[];
  readonly model: AdditiveModel;
  readonly #stages: readonly Stage[];

  /**
   * @param trials of which two with the same parameters are repeats
   * @throws NoTrialError when they share no parameter
   */
  constructor(trials: readonly FrozenTrial[], { direction, noise = null, shares = END }: TrialEffectsOptions) {
    const known = trials
      .map((trial) => ({ trial, values: readPausable(trial, shares).values.map(unlessNaN) }))
      .filter(({ trial, values }) => trial.state !== 'FAIL' && values.some((value) => value !== undefined));
    const atEnd = known.map(({ trial }) => ({ ...trial, state: 'COMPLETE' as const, values: [0] }));
    const all = measured({ trials: atEnd, direction });
    if (!all) throw new NoTrialError('The trials share no parameter, so nothing can be said of any.');
    this.trials = known.map(({ trial }) => trial);
    this.dimensions = all.space.dimensions;
    // Every choice has an effect of its own here, with or without an order.
    this.points = this.trials.map(({ params }) =>
      Float64Array.from(this.dimensions, ({ name, distribution }) => coordinate(distribution, own(params, name))),
    );
    const sign = direction === 'minimize' ? 1 : -1;
    this.#stages = shares.map((share, i) =>
      stageOf(
        share,
        known.map(({ values }) => (values[i] === undefined ? undefined : sign * values[i])),
      ),
    );
    this.model = new AdditiveModel({
      axes: this.dimensions.map(({ distribution }) => ({
        kind: distribution.type === 'categorical' ? 'choice' : 'ordered',
        typicalEffect: TYPICAL_EFFECT,
      })),
      rows: this.#stages.flatMap((stage) => this.#rows(stage)),
      noise,
    });
  }

  /** Of the losses at the end. */
  get compression(): Compression {
    return this.#stages.at(-1)!.compression;
  }

  /** A trial's loss at the last share that it has come to, compressed; smaller is better. */
  last(trial: number): { share: number; loss: number } {
    const { share, losses } = this.#stages.findLast(({ losses }) => losses[trial] !== undefined)!;
    return { share, loss: losses[trial]! };
  }

  /** A trial's loss at a share, compressed; undefined where it was not measured. */
  loss(trial: number, share = 1): number | undefined {
    return this.#stages.find((stage) => stage.share === share)?.losses[trial];
  }

  /** Where a trial stands at its end, one axis moved if asked for. */
  place(trial: number, axis?: number, position?: number): Place {
    const positions = Array.from(this.points[trial]!);
    return { positions: axis === undefined ? positions : positions.with(axis, position!), share: 1 };
  }

  #rows({ share, losses }: Stage): Row[] {
    return losses.flatMap((loss, i) =>
      loss === undefined ? [] : [{ ...this.place(i), share, trial: this.trials[i]!.number, loss, noiseWeight: 1 }],
    );
  }
}

const unlessNaN = (value: number | undefined) => (Number.isNaN(value) ? undefined : value);

/** Infinite losses count as the worst, or best, finite one at that share. */
function stageOf(share: number, raw: readonly (number | undefined)[]): Stage {
  const finite = raw.filter((loss): loss is number => loss !== undefined && Number.isFinite(loss));
  const [low, high] = finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  const clamped = raw.map((loss) => (loss === undefined ? undefined : Math.min(high, Math.max(low, loss))));
  const compression = new Compression(finite.length > 0 ? finite : END);
  return {
    share,
    compression,
    losses: clamped.map((loss) => (loss === undefined ? undefined : compression.compress(loss))),
  };
}
