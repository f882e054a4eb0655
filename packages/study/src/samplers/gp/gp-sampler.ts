/**
 * Bayesian optimisation by one Gaussian process over numbers and choices alike, for few, noisy and expensive trials: log
 * expected improvement over the best predicted mean, of several objectives the volume they dominate, what is recommended
 * weighing in at first (piBO, arXiv:2204.11051).
 */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { InvalidOptionError } from '../../errors.js';
import { formatJson, type JsonValue } from '../../json.js';
import { RandomGenerator, randomSeed } from '../../numerics/random.js';
import { intersectionSearchSpace } from '../../search-space/intersection.js';
import { searchable } from '../../search-space/searchable.js';
import { violation } from '../../trial/constraints.js';
import type { FrozenTrial, Params } from '../../trial/frozen-trial.js';
import { pendingAttributes, runningTrials } from '../pending.js';
import { PriorSampler } from '../prior.js';
import type { History, JointSample, Sampler, SamplingContext } from '../sampler.js';
import { type Acquisition, logExpectedImprovement, logProbabilityBelow, sumOf } from './acquisition.js';
import { conditionalSpace } from './conditional-space.js';
import { fitGaussianProcess } from './fit.js';
import { type FrontObservations, modelFront, observeFront } from './front.js';
import type { GaussianProcess, TrainingData } from './gaussian-process.js';
import { type Candidate, maximize } from './maximize.js';
import { type GpObservations, observe, observeConstraints } from './observations.js';
import { hasRecommendation, priorTerm, trustIn } from './prior-term.js';
import { UnitSpace } from './unit-space.js';

export interface GpOptions {
  readonly seed?: number;
  /** Trials before the model is used, the recommended setting among them. Default 2. */
  readonly startupTrials?: number;
  /** Chooses the values of those first trials. Default: a `PriorSampler` with the same seed. */
  readonly startupSampler?: Sampler;
  /** β: after n modelled trials, what is recommended weighs β/n. 0 ignores it. Default 3. */
  readonly priorWeight?: number;
  /** How many measurements a trial's value is the mean of, e.g. its seeds; its noise is so much smaller. Default 1. */
  readonly measurements?: (trial: FrozenTrial) => number;
}

/** Where Optuna's GP looks for the parameters that a running trial will still set. */
const PENDING_KEY = 'gp:relative_params';

export class GpSampler implements Sampler {
  readonly #seed: number;
  readonly #startupTrials: number;
  readonly #startup: Sampler;
  readonly #priorWeight: number;
  readonly #measurements: (trial: FrozenTrial) => number;

  /** @throws InvalidOptionError */
  constructor(options: GpOptions = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#startupTrials = options.startupTrials ?? 2;
    this.#startup = options.startupSampler ?? new PriorSampler({ seed: this.#seed });
    this.#priorWeight = options.priorWeight ?? 3;
    this.#measurements = options.measurements ?? (() => 1);
    if (!(Number.isInteger(this.#startupTrials) && this.#startupTrials >= 1))
      throw new InvalidOptionError(`GpSampler: startupTrials is ${this.#startupTrials}; give an integer ≥ 1.`);
    if (!(this.#priorWeight >= 0))
      throw new InvalidOptionError(`GpSampler: priorWeight is ${this.#priorWeight}; give a number ≥ 0.`);
  }

  beforeTrial(context: SamplingContext) {
    return this.#startup.beforeTrial?.(context);
  }

  /** With a space, all of it; without, what past trials had: all of them, or for reasons that can be learnt only some. */
  jointSpace({ space, history }: SamplingContext): SearchSpace {
    if (space) return searchable(space);
    const all = intersectionSearchSpace(history.finished);
    return conditionalSpace(known(history))?.space ?? searchable(all);
  }

  async sampleJointly(context: SamplingContext, space: SearchSpace): Promise<JointSample> {
    const conditional = context.space ? null : conditionalSpace(known(context.history));
    const params = this.#suggest(context, conditional ?? new UnitSpace(space));
    if (!params) return (await this.#startup.sampleJointly?.(context, space)) ?? { params: {} };
    return { params, pendingAttributes: pendingAttributes(PENDING_KEY, params) };
  }

  /** Null while there are too few trials for a model. */
  #suggest(context: SamplingContext, unit: UnitSpace): Params | null {
    const { finished } = context.history;
    const { directions } = context.study;
    if (directions.length > 1) {
      const observations = observeFront(finished, unit, directions);
      return observations.trials.length < this.#startupTrials ? null : this.#suggestFront(context, unit, observations);
    }
    const observations = observe(finished, unit, directions[0]!);
    const hasComplete = observations.trials.some(({ state }) => state === 'COMPLETE');
    if (observations.trials.length < this.#startupTrials || !hasComplete) return null;
    return this.#suggestOne(context, unit, observations);
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue | Promise<JsonValue> {
    return this.#startup.sample(context, name, distribution);
  }

  get afterTrial(): Sampler['afterTrial'] {
    return this.#startup.afterTrial?.bind(this.#startup);
  }

  #suggestOne(context: SamplingContext, unit: UnitSpace, observations: GpObservations): Params {
    const awaited = this.#awaited(context, unit);
    const inputs = this.#inputs(unit, observations);
    const process = fitGaussianProcess({ ...inputs, values: observations.values });
    const predicted = observations.points.map((point) => process.posterior(point).mean);
    const ranking = bestFirst(observations.trials, predicted);
    const incumbent = ranking.slice(0, 1).map((row) => observations.points[row]!);
    const acquisition = this.#acquisition(unit, observations, inputs, process, incumbent, awaited);
    const candidates = maximize(acquisition, unit, {
      random: RandomGenerator.of(this.#seed, context.trial.number, 'gp'),
      known: ranking.slice(0, 3).map((row) => observations.points[row]!),
      lengths: process.parameters.inverseSquaredLengths.map((w) => 1 / Math.sqrt(w)),
    });
    return firstUntried(candidates, unit, [...observations.points, ...awaited]);
  }

  #suggestFront(context: SamplingContext, unit: UnitSpace, observations: FrontObservations): Params {
    const awaited = this.#awaited(context, unit);
    const inputs = this.#inputs(unit, observations);
    const { acquisition, front, lengths } = modelFront(observations, inputs, awaited);
    const random = RandomGenerator.of(this.#seed, context.trial.number, 'gp');
    const terms = [acquisition, ...this.#conditions(unit, observations.trials, inputs)];
    const candidates = maximize(sumOf(terms), unit, { random, known: random.shuffled(front).slice(0, 5), lengths });
    return firstUntried(candidates, unit, [...observations.points, ...awaited]);
  }

  /** Points of the running trials. */
  #awaited({ history, trial }: SamplingContext, unit: UnitSpace): Float64Array[] {
    return runningTrials(history, trial.number, PENDING_KEY).flatMap(({ params }) => unit.encode(params) ?? []);
  }

  #inputs(
    unit: UnitSpace,
    { trials, points }: Pick<GpObservations, 'trials' | 'points'>,
  ): Omit<TrainingData, 'values'> {
    return {
      points: Float64Array.from(points.flatMap((point) => Array.from(point))),
      isCategorical: unit.dimensions.map(({ isCategorical }) => isCategorical),
      noiseFactors: Float64Array.from(trials, (trial) => 1 / Math.max(1, this.#measurements(trial))),
    };
  }

  /** @param incumbent the point of the best predicted feasible trial; empty when there is none */
  #acquisition(
    unit: UnitSpace,
    { trials }: GpObservations,
    inputs: Omit<TrainingData, 'values'>,
    process: GaussianProcess,
    incumbent: readonly Float64Array[],
    awaited: readonly Float64Array[],
  ): Acquisition {
    const trust = incumbent.reduce((share, point) => share * trustIn(unit, process, point), 1);
    const terms = this.#conditions(unit, trials, inputs, trust);
    for (const point of incumbent) {
      // The improvement is over the incumbent's true value, not over a guess at it: settled there, what is noise does not
      // pass for promise next to it. Running trials are taken to end as predicted, so that the next one looks elsewhere.
      const settled = process.settledAt([point, ...awaited]);
      terms.push(logExpectedImprovement(settled, process.posterior(point).mean));
    }
    return sumOf(terms);
  }

  /** What is asked of a point besides improvement: that it meets the constraints, and at first, to be near what is recommended. */
  #conditions(
    unit: UnitSpace,
    trials: readonly FrozenTrial[],
    inputs: Omit<TrainingData, 'values'>,
    trust = 1,
  ): Acquisition[] {
    const terms = observeConstraints(trials).map((values) =>
      logProbabilityBelow(fitGaussianProcess({ ...inputs, values }), 0),
    );
    const exponent = (trust * this.#priorWeight) / Math.max(1, trials.length - this.#startupTrials + 1);
    if (exponent > 0 && hasRecommendation(unit)) terms.push(priorTerm(unit, exponent));
    return terms;
  }
}

/** The same setting twice tells little; it is taken only when nothing else is left. */
function firstUntried(candidates: readonly Candidate[], unit: UnitSpace, tried: readonly Float64Array[]): Params {
  const taken = new Set(tried.map((point) => formatJson(unit.decode(point))));
  const untried = candidates.find(({ x }) => !taken.has(formatJson(unit.decode(x))));
  return unit.decode((untried ?? candidates[0]!).x);
}

function known({ finished }: History): FrozenTrial[] {
  return finished.filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED');
}

/** Rows of complete and feasible trials, the best predicted first. */
function bestFirst(trials: readonly FrozenTrial[], predicted: readonly number[]): number[] {
  const rows = trials.flatMap((trial, row) => (trial.state === 'COMPLETE' && violation(trial) === 0 ? [row] : []));
  return rows.sort((a, b) => predicted[b]! - predicted[a]!);
}
