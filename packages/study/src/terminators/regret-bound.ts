/**
 * Stops when nothing anywhere is likely to beat the best by more than the noise of measuring it (Makarova et al., «Automatic
 * termination for hyperparameter optimization», AutoML 2022).
 */

import { InvalidOptionError, InvalidValuesError } from '../errors.js';
import { RandomGenerator } from '../numerics/random.js';
import { standardize } from '../samplers/gp/observations.js';
import { bestOf } from '../study/best-trials.js';
import type { Trial } from '../trial/trial.js';
import { bandWidth, fitTo, measured, regretBound } from './model.js';
import { type Termination, type TerminationContext, type Terminator, UNDECIDED } from './terminator.js';

export interface RegretBoundOptions {
  /**
   * Gains below this are not worth another trial, in units of the objective. Default: the error of the best trial's
   * cross-validation scores where it has some (see `CROSS_VALIDATION_KEY`), else the noise that the model finds.
   */
  readonly error?: number;
  /** Complete trials before the first decision, and the fewest that are modelled. Default 20. */
  readonly minTrials?: number;
  /** Share of the best trials that is modelled. Default 0.5. */
  readonly topShare?: number;
  /** The bound holds with probability 1 − delta. Default 0.1. */
  readonly delta?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** System attribute with a trial's scores on each fold, Optuna's. */
export const CROSS_VALIDATION_KEY = 'terminator:cv_scores';

export class RegretBoundTerminator implements Terminator {
  readonly #options: RegretBoundOptions;
  readonly #minTrials: number;
  readonly #topShare: number;
  readonly #delta: number;

  /** @throws InvalidOptionError */
  constructor(options: RegretBoundOptions = {}) {
    const { error = 0, minTrials = 20, topShare = 0.5, delta = 0.1 } = options;
    if (!(error >= 0)) invalid('error', error, 'a number ≥ 0');
    if (!(Number.isInteger(minTrials) && minTrials >= 2)) invalid('minTrials', minTrials, 'an integer ≥ 2');
    if (!(topShare > 0 && topShare <= 1)) invalid('topShare', topShare, 'a number above 0 and at most 1');
    if (!(delta > 0 && delta < 1)) invalid('delta', delta, 'a number between 0 and 1');
    this.#options = options;
    this.#minTrials = minTrials;
    this.#topShare = topShare;
    this.#delta = delta;
  }

  decide(context: TerminationContext): Termination {
    const all = measured(context);
    if (!all || all.points.length < this.#minTrials) return UNDECIDED;
    const count = Math.min(
      all.points.length,
      Math.max(this.#minTrials, Math.floor(all.points.length * this.#topShare)),
    );
    const bar = Float64Array.from(all.values).sort()[all.points.length - count]!;
    const top = [...all.values.keys()].filter((row) => all.values[row]! >= bar);
    const points = top.map((row) => all.points[row]!);
    const values = Float64Array.from(top, (row) => all.values[row]!);
    const process = fitTo(all.space, points, standardize(values));
    const beta = bandWidth(all.space.size, points.length, this.#delta);
    const random = RandomGenerator.of(this.#options.seed ?? 0, 'regret-bound', all.points.length);
    const unit = deviationOf(values);
    const improvement = unit * regretBound(process, points, beta, { space: all.space, random });
    const error = this.#options.error ?? crossValidationError(context) ?? unit * Math.sqrt(process.parameters.noise);
    return { stop: improvement < error, improvement, bar: error };
  }
}

/**
 * Stores a trial's score on each fold, from which the error of its mean is estimated.
 * @throws InvalidValuesError unless there are at least two finite scores
 */
export async function reportCrossValidationScores(
  trial: Pick<Trial, 'number' | 'setSystemAttribute'>,
  scores: readonly number[],
): Promise<void> {
  if (scores.length < 2 || !scores.every(Number.isFinite)) {
    throw new InvalidValuesError(
      `Trial ${trial.number}: cross-validation scores [${scores}]; give at least two, each a finite number.`,
    );
  }
  await trial.setSystemAttribute(CROSS_VALIDATION_KEY, scores);
}

/**
 * The standard error of the best trial's mean score over folds, corrected for their overlap (Nadeau and Bengio, 2003);
 * null when it has no scores.
 */
export function crossValidationError({ trials, direction }: TerminationContext): number | null {
  const scores = bestOf(trials, direction)?.systemAttributes[CROSS_VALIDATION_KEY];
  if (!Array.isArray(scores) || scores.length < 2 || !scores.every((score) => typeof score === 'number')) return null;
  const folds = scores.length;
  return Math.sqrt(1 / folds + 1 / (folds - 1)) * deviationOf(Float64Array.from(scores as number[]));
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function invalid(name: string, value: number, expected: string): never {
  throw new InvalidOptionError(`RegretBoundTerminator: ${name} is ${value}; give ${expected}.`);
}
