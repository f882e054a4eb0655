/**
 * Search by learning curves (freeze–thaw, arXiv:1406.3896): a Gaussian process over settings × share of the schedule says of
 * each paused trial, and of every new setting, how far its end is expected to lie beyond the best and a random margin (as in
 * ifBO, arXiv:2404.16795), per predicted cost.
 */

import { InvalidOptionError } from '../../errors.js';
import { formatJson } from '../../json.js';
import { normalCdf } from '../../numerics/normal.js';
import { RandomGenerator, randomSeed } from '../../numerics/random.js';
import { type Acquisition, logExpectedExcess, logExpectedImprovement, sumOf } from '../../samplers/gp/acquisition.js';
import type { Posterior } from '../../samplers/gp/gaussian-process.js';
import { maximize } from '../../samplers/gp/maximize.js';
import { hasRecommendation, priorTerm } from '../../samplers/gp/prior-term.js';
import type { UnitSpace } from '../../samplers/gp/unit-space.js';
import type { Params } from '../../trial/frozen-trial.js';
import { AshaRule, canBegin } from '../asha-rule.js';
import type { PausableTrial } from '../pausable-trial.js';
import type { NextStep, PromotionRule, Situation } from '../promotion-rule.js';
import { CurveModel } from './curve-model.js';

export interface CurveRuleOptions {
  readonly seed?: number;
  /** Trials that the study's sampler chooses before the model does. Default 4. */
  readonly startupTrials?: number;
  /** β: after n modelled trials, what is recommended weighs β/n². 0 ignores it. Default 3. */
  readonly priorWeight?: number;
  /** Probability that a decision is left to successive halving. Default 0. */
  readonly halving?: number;
}

interface Scored<T> {
  readonly what: T;
  /** Log of the expected gain per cost. */
  readonly score: number;
}

/** Margins over the best, in standard deviations of the values: 10^U(low, high). */
const MARGIN = { low: -3, high: -0.5 } as const;

/** Of the cost where there is no budget. */
const UNLIMITED_WEIGHT = 0.5;
const LEAST_CHANCE = 0.1;

export class CurveRule implements PromotionRule {
  readonly #seed: number;
  readonly #startupTrials: number;
  readonly #priorWeight: number;
  readonly #halving: number;
  readonly #asha = new AshaRule();

  /** @throws InvalidOptionError */
  constructor({ seed = randomSeed(), startupTrials = 4, priorWeight = 3, halving = 0 }: CurveRuleOptions = {}) {
    this.#seed = seed;
    this.#startupTrials = startupTrials;
    this.#priorWeight = priorWeight;
    this.#halving = halving;
    if (!(Number.isInteger(startupTrials) && startupTrials >= 1))
      throw new InvalidOptionError(`CurveRule: startupTrials is ${startupTrials}; give an integer ≥ 1.`);
    if (!(priorWeight >= 0))
      throw new InvalidOptionError(`CurveRule: priorWeight is ${priorWeight}; give a number ≥ 0.`);
    if (!(halving >= 0 && halving <= 1))
      throw new InvalidOptionError(`CurveRule: halving is ${halving}; give a probability.`);
  }

  next(situation: Situation): NextStep | null {
    const { trials, mayStart, waiting } = situation;
    const measured = trials.filter(({ values }) => values.length > 0);
    if ((waiting > 0 || trials.length < this.#startupTrials) && canBegin(situation)) return { type: 'new' };
    if (measured.length === 0) return this.#asha.next(situation);
    const random = RandomGenerator.of(this.#seed, 'curve rule', ...decisionOf(trials));
    const isHalving = random.uniform() < this.#halving;
    const halved = isHalving ? this.#asha.next(situation) : null;
    if (halved) return halved;
    const model = new CurveModel(situation);
    const threshold = model.best + 10 ** (MARGIN.low + (MARGIN.high - MARGIN.low) * random.uniform());
    const chance = logExpectedImprovement(model.process.at(1), threshold);
    const paused = bestPaused(situation, model, threshold);
    const fresh = mayStart ? this.#propose(situation, model, chance, random) : undefined;
    return stepOf(situation, paused, fresh);
  }

  /** The new setting with the best chance per cost among those whose whole run fits; undefined when none is found. */
  #propose(
    situation: Situation,
    model: CurveModel,
    chance: Acquisition,
    random: RandomGenerator,
  ): Scored<Params> | undefined {
    const { unit, process } = model;
    const { trials } = situation;
    const price = (x: ArrayLike<number>) => priceOf(situation, unit.decode(x), 0);
    const terms = [chance, costTerm((x) => -price(x))];
    const exponent = this.#priorWeight / Math.max(1, trials.length - this.#startupTrials + 1) ** 2;
    if (exponent > 0 && hasRecommendation(unit)) terms.push(priorTerm(unit, exponent));
    const candidates = maximize(sumOf(terms), unit, {
      random,
      known: model.finished.slice(0, 3).map((trial) => model.point(trial)),
      lengths: process.parameters.inverseSquaredLengths.map((weight) => 1 / Math.sqrt(weight)),
      samples: 256,
      searches: 4,
    });
    const taken = new Set(trials.map(({ params }) => keyOf(unit, params)));
    const found = candidates.find(
      ({ x, value }) => value > Number.NEGATIVE_INFINITY && !taken.has(keyOfPoint(unit, x)),
    );
    return found && { what: unit.decode(found.x), score: chance.value(found.x) - price(found.x) };
  }
}

/** What tells one decision from the next: how much has been measured. */
function decisionOf(trials: readonly PausableTrial[]): number[] {
  return [trials.length, trials.reduce((sum, { values }) => sum + values.length, 0)];
}

/**
 * What a setting's way from a share to its end takes off its log chance; infinite where it does not fit. Cost counts in full
 * at first and ever less as the budget runs out (cost cooling, arXiv:2003.10870): the best may be dear.
 */
function priceOf({ cost, left, spent }: Situation, params: Params, from: number): number {
  const toEnd = cost(params, from, 1);
  if (!(toEnd <= left)) return Number.POSITIVE_INFINITY;
  const weight = Number.isFinite(left) ? left / (left + spent) : UNLIMITED_WEIGHT;
  return toEnd > 0 ? weight * Math.log(toEnd) : 0;
}

/** Of exceeding the threshold: the probability, and the logarithm of how far. */
function chanceOf({ mean, variance }: Posterior, threshold: number): { probability: number; gain: number } {
  const deviation = Math.sqrt(Math.max(variance, 1e-12));
  const z = (mean - threshold) / deviation;
  return { probability: normalCdf(z), gain: logExpectedExcess(z) + Math.log(deviation) };
}

function bestPaused(situation: Situation, model: CurveModel, threshold: number): Scored<PausableTrial> | undefined {
  const scored = situation.trials
    .filter((trial) => trial.state === 'paused' && model.has(trial))
    .map((what) => ({ what, ...chanceOf(model.end(what), threshold) }))
    // With nothing to weigh it against, what has little chance is left.
    .filter(({ probability }) => situation.mayStart || probability > LEAST_CHANCE)
    .map((each) => ({ what: each.what, score: each.gain - priceOf(situation, each.what.params, each.what.share) }))
    .filter(({ score }) => score > Number.NEGATIVE_INFINITY);
  return scored.sort((a, b) => b.score - a.score || a.what.number - b.what.number)[0];
}

function stepOf(
  { shares }: Situation,
  paused: Scored<PausableTrial> | undefined,
  fresh: Scored<Params> | undefined,
): NextStep | null {
  if (fresh && !(paused && paused.score >= fresh.score)) return { type: 'new', params: fresh.what };
  return paused ? { type: 'continue', trial: paused.what.number, to: shares[paused.what.values.length]! } : null;
}

/** The cost as a part of an acquisition; it has no derivatives, as only whole settings have a cost. */
function costTerm(value: (x: Float64Array) => number): Acquisition {
  return { value, addGradient: (x) => value(x) };
}

const keyOfPoint = (unit: UnitSpace, x: ArrayLike<number>) => formatJson(unit.decode(x));

function keyOf(unit: UnitSpace, params: Params): string {
  const point = unit.encode(params);
  return point ? keyOfPoint(unit, point) : '';
}
