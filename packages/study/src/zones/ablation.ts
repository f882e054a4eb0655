/** From the default to the winner: which change brought how much, by the model of all trials, and how sure that is. */

import { TrialNotFoundError } from '../errors.js';
import { type JsonValue, jsonEqual } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.js';
import { TrialEffects } from './trial-effects.js';

export interface AblationOptions {
  /** Default `minimize`. */
  readonly direction?: Direction;
  /** Number of the trial with the default setting. Default 0. */
  readonly from?: number;
  /** Number of the trial to explain. */
  readonly to: number;
  /** Shares of the schedule at which trials were measured, so that those left early tell, too. Default: only the end. */
  readonly shares?: readonly number[];
}

/** What a change, or all of them, brought in units of the objective; larger is better. */
export interface Contribution {
  readonly mean: number;
  /** Between these with a probability of 90 %. */
  readonly low: number;
  readonly high: number;
  /** That it was for the better. */
  readonly probabilityBetter: number;
}

export interface Change extends Contribution {
  readonly name: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
}

export interface Ablation {
  /** The changed parameters, the one that brought most first; the means sum to the total's. */
  readonly changes: readonly Change[];
  readonly total: Contribution;
}

/** Draws for each of the model's samples. */
const DRAWS = 10;

/**
 * Each change's Shapley value between the two settings (as in HyperSHAP, arXiv:2502.01276): its effect averaged over all orders
 * in which the changes can be made. In a model with interactions of two that is the average of making it first and making it last.
 * @throws TrialNotFoundError when a trial is not complete
 * @throws NoTrialError when the trials share no parameter
 */
export function ablation(trials: readonly FrozenTrial[], options: AblationOptions): Ablation {
  const { direction = 'minimize', from = 0, to, shares } = options;
  const effects = new TrialEffects(trials, { direction, shares });
  const indexOf = (number: number): number => {
    const index = effects.trials.findIndex((trial) => trial.number === number && trial.state === 'COMPLETE');
    if (index < 0) throw new TrialNotFoundError(`Trial ${number}, which is to be explained, is not complete.`);
    return index;
  };
  const [first, last] = [indexOf(from), indexOf(to)];
  const { trials: known } = effects;
  const axes = effects.dimensions
    .map((_, axis) => axis)
    .filter((axis) => {
      const { name } = effects.dimensions[axis]!;
      return !jsonEqual(known[first]!.params[name]!, known[last]!.params[name]!);
    });
  const at = (trial: number, axis: number) => effects.points[trial]![axis]!;
  const places = [
    effects.place(last),
    ...axes.map((axis) => effects.place(first, axis, at(last, axis))),
    ...axes.map((axis) => effects.place(last, axis, at(first, axis))),
  ];
  const draws = effects.model.draws(effects.place(first), places, DRAWS, RandomGenerator.of(31));
  const unit = unitOf(effects, first, draws);
  const gain = (draw: Float64Array, k: number) => {
    const [whole, made, unmade] = [draw[0]!, draw[1 + k]!, draw[1 + axes.length + k]!];
    return (-unit * (made + whole - unmade)) / 2;
  };
  const changes = axes.map((axis, k): Change => {
    const { name } = effects.dimensions[axis]!;
    const values = { from: known[first]!.params[name]!, to: known[last]!.params[name]! };
    return { name, ...values, ...contribution(draws.map((draw) => gain(draw, k))) };
  });
  const total = contribution(draws.map((draw) => -unit * draw[0]!));
  return { changes: changes.sort((a, b) => b.mean - a.mean), total };
}

/** Units of the objective for one of the model, which compresses losses far from the best. */
function unitOf(effects: TrialEffects, first: number, draws: readonly Float64Array[]): number {
  const { compression } = effects;
  const whole = draws.reduce((sum, draw) => sum + draw[0]! / draws.length, 0);
  const before = effects.loss(first)!;
  const after = before + whole;
  return whole === 0 ? 1 : (compression.expand(after) - compression.expand(before)) / whole;
}

function contribution(gains: readonly number[]): Contribution {
  const sorted = Float64Array.from(gains).sort();
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return {
    mean: gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
    low: quantile(0.05),
    high: quantile(0.95),
    probabilityBetter: gains.filter((gain) => gain > 0).length / gains.length,
  };
}
