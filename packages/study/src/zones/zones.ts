/**
 * For each parameter, what values are within noise of the best: with the others as the best trial has them, how far it can be
 * moved before the objective is worse by more than a margin, and how sure that is.
 */

import { valueAt } from '../distributions/unit.js';
import { InvalidOptionError, NoTrialError, TrialNotFoundError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import type { Dimension } from '../samplers/gp/unit-space.js';
import { recommendedTrial } from '../study/recommended-trial.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { statedChoices, statedStretch, stretchAround } from './bounds.js';
import { TrialEffects } from './trial-effects.js';

export interface ZonesOptions {
  /** Default `minimize`. */
  readonly direction?: Direction;
  /** Number of the trial at whose setting the zones are. Default: the best by a model (see `recommendedTrial`). */
  readonly incumbent?: number;
  /**
   * How much worse than the incumbent still counts as within noise, in units of the objective. Default: the standard
   * deviation of the difference of two runs, √2 of one's, as the trials tell it.
   */
  readonly margin?: number;
  /** Standard deviation of a run's noise, where it is known. Default: as the trials tell it. */
  readonly noise?: number;
  /** Shares of the schedule at which trials were measured, so that those left early tell, too. Default: only the end. */
  readonly shares?: readonly number[];
  /** The probability with which the true zone is between what is stated as inside and as outside. Default 0.9. */
  readonly confidence?: number;
}

/** One end of a range. */
export interface ZoneEnd {
  /** Values from the incumbent to here are within the margin. */
  readonly inside: number;
  /** Values beyond this are not; where `isOpen`, nothing is known to be beyond. */
  readonly outside: number;
  /** Whether the zone may reach to the end of what was searched. */
  readonly isOpen: boolean;
  /** Numbers of the trials beyond `inside` that did worse, other parameters' effects taken out: the evidence. */
  readonly evidence: readonly number[];
}

export interface ChoiceInZone {
  readonly choice: JsonValue;
  /** `open` where the trials cannot tell yet. */
  readonly verdict: 'inside' | 'outside' | 'open';
  /** That it is within the margin. */
  readonly probability: number;
  /** Numbers of the trials that have it. */
  readonly evidence: readonly number[];
}

interface ZoneCommon {
  readonly name: string;
  /** The incumbent's. */
  readonly value: JsonValue;
  /** True when the trials tell nothing: every value may be inside, and none but the incumbent's is known to be. */
  readonly isOpen: boolean;
}

export type ParameterZone = ZoneCommon &
  (
    | { readonly kind: 'range'; readonly low: ZoneEnd; readonly high: ZoneEnd }
    | { readonly kind: 'choices'; readonly choices: readonly ChoiceInZone[] }
  );

export interface Zones {
  readonly incumbent: FrozenTrial;
  readonly margin: number;
  readonly parameters: readonly ParameterZone[];
}

const FEWEST = 4;
/**
 * Of the doubt that is stated, the share that the model's draws are left: the rest is for what the model itself gets wrong,
 * measured on tasks whose truth is known (`npm run benchmark -- zones`).
 */
const MODEL_DOUBT = 0.5;
/** Points of a continuous axis at which effects are drawn. */
const GRID = 33;
/** Draws for each of the model's samples. */
const DRAWS = 8;

/**
 * The zones of every parameter that all complete trials have.
 *
 * The true zone of a number is the interval around the incumbent's value in which the noise-free objective, all else as in the
 * incumbent, is worse than there by at most the margin; that of a choice is the set of choices of which that holds. A stated
 * zone covers it when the true zone contains all that is stated as inside and nothing that is stated as outside. That
 * is so with the probability `confidence`, for each parameter by itself.
 * @throws NoTrialError for fewer than four trials that came to one of the shares with a finite value
 */
export function zones(trials: readonly FrozenTrial[], options: ZonesOptions = {}): Zones {
  const { direction = 'minimize', confidence = 0.9 } = options;
  if (!(confidence > 0 && confidence < 1))
    throw new InvalidOptionError(`zones: confidence is ${confidence}; give a number above 0 and below 1.`);
  const { noise = null, shares } = options;
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  const effects = new TrialEffects(shares ? trials : complete, { direction, noise, shares });
  if (effects.trials.length < FEWEST) throw new NoTrialError(`Zones need ${FEWEST} trials with finite values.`);
  const number = options.incumbent ?? recommendedTrial(complete, { direction }).trial.number;
  const incumbent = complete.find((trial) => trial.number === number);
  if (!incumbent) throw new TrialNotFoundError(`Trial ${number}, at which zones are wanted, is not complete.`);
  const study = new ZoneModel(effects, incumbent);
  const margin = options.margin ?? Math.SQRT2 * (options.noise ?? study.noise);
  const share = 1 - MODEL_DOUBT * (1 - confidence);
  return { incumbent, margin, parameters: study.dimensions.map((_, axis) => study.zone(axis, margin, share)) };
}

class ZoneModel {
  readonly #effects: TrialEffects;
  readonly #incumbent: number;

  constructor(effects: TrialEffects, incumbent: FrozenTrial) {
    this.#effects = effects;
    this.#incumbent = effects.trials.indexOf(incumbent);
  }

  get dimensions(): readonly Dimension[] {
    return this.#effects.dimensions;
  }

  /** As the trials tell it. */
  get noise(): number {
    return this.#effects.model.noise;
  }

  zone(axis: number, margin: number, confidence: number): ParameterZone {
    const { name, distribution } = this.dimensions[axis]!;
    const tolerance = this.#tolerance(margin);
    const common = { name, value: this.#effects.trials[this.#incumbent]!.params[name]! };
    return distribution.type === 'categorical'
      ? { ...common, ...this.#choices(axis, tolerance, confidence) }
      : { ...common, ...this.#range(axis, tolerance, confidence) };
  }

  #choices(axis: number, tolerance: number, confidence: number) {
    const { distribution } = this.dimensions[axis]!;
    const choices = distribution.type === 'categorical' ? distribution.choices : [];
    const chosen = this.#effects.points[this.#incumbent]![axis]!;
    const draws = this.#draws(
      axis,
      choices.map((_, index) => index),
    );
    const stated = statedChoices(
      draws.map((draw) => Array.from(draw, (effect, index) => index === chosen || effect <= tolerance)),
      confidence,
    );
    const withChoice = (index: number) => this.#numbers((_, point) => point[axis] === index);
    return {
      kind: 'choices' as const,
      choices: choices.map((choice, index) => ({ choice, ...stated[index]!, evidence: withChoice(index) })),
      isOpen: stated.every(({ verdict }, index) => verdict === 'open' || index === chosen),
    };
  }

  #range(axis: number, tolerance: number, confidence: number) {
    const { distribution, values } = this.dimensions[axis]!;
    const at = this.#effects.points[this.#incumbent]![axis]!;
    const even = Array.from({ length: GRID }, (_, i) => i / (GRID - 1));
    const grid = values ? [...values] : [...new Set([...even, at])].sort((a, b) => a - b);
    const own = values ? nearest(grid, at) : grid.indexOf(at);
    const stretches = this.#draws(axis, grid).map((draw) => stretchAround(grid, draw, own, tolerance, values === null));
    const { low, high } = statedStretch(stretches, confidence);
    const end = (
      one: { inside: number; outside: number },
      last: number,
      isBeyond: (x: number) => boolean,
    ): ZoneEnd => ({
      inside: valueAt(distribution, one.inside) as number,
      outside: valueAt(distribution, one.outside) as number,
      isOpen: one.outside === last,
      evidence: this.#numbers((trial, point) => isBeyond(point[axis]!) && this.#adjusted(trial, axis) > tolerance),
    });
    const [first, last] = [grid[0]!, grid[grid.length - 1]!];
    return {
      kind: 'range' as const,
      low: end(low, first, (x) => x < low.inside),
      high: end(high, last, (x) => x > high.inside),
      isOpen: low.outside === first && high.outside === last && low.inside === at && high.inside === at,
    };
  }

  #draws(axis: number, positions: readonly number[]): Float64Array[] {
    const random = RandomGenerator.of(29, axis);
    const places = positions.map((position) => this.#effects.place(this.#incumbent, axis, position));
    return this.#effects.model.draws(this.#effects.place(this.#incumbent), places, DRAWS, random);
  }

  /** The margin on the compressed scale, from the incumbent on. */
  #tolerance(margin: number): number {
    const { compression } = this.#effects;
    const own = this.#effects.loss(this.#incumbent)!;
    return compression.compress(compression.expand(own) + margin) - own;
  }

  /**
   * A trial's loss over the incumbent's at the trial's last share, compressed, with the expected effects of all other
   * parameters taken out.
   */
  #adjusted(trial: number, axis: number): number {
    const { model, points } = this.#effects;
    const { share, loss } = this.#effects.last(trial);
    const own = this.#effects.loss(this.#incumbent, share) ?? Number.NaN;
    const from = { ...this.#effects.place(this.#incumbent), share };
    const others = { ...this.#effects.place(trial, axis, points[this.#incumbent]![axis]!), share };
    return loss - own - model.mean(from, others);
  }

  #numbers(fits: (trial: number, point: Float64Array) => boolean): number[] {
    const { trials, points } = this.#effects;
    return trials.filter((_, i) => fits(i, points[i]!)).map(({ number }) => number);
  }
}

function nearest(grid: readonly number[], at: number): number {
  return grid.reduce((best, x, i) => (Math.abs(x - at) < Math.abs(grid[best]! - at) ? i : best), 0);
}
