/**
 * CMA-ES for numeric parameters and many trials: generations drawn from a normal distribution that follows the best, with a
 * margin for integers; it begins anew, with more trials a generation, when it has converged (Auger and Hansen, CEC 2005).
 */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { hasPrior } from '../../distributions/prior.js';
import { quantize } from '../../distributions/representation.js';
import { coordinate } from '../../distributions/unit.js';
import { InvalidOptionError, UnsupportedError } from '../../errors.js';
import { type JsonObject, type JsonValue, own } from '../../json.js';
import { RandomGenerator, randomSeed } from '../../numerics/random.js';
import { intersectionSearchSpace } from '../../search-space/intersection.js';
import { searchable } from '../../search-space/searchable.js';
import { violation } from '../../trial/constraints.js';
import type { Attributes, Direction, FrozenTrial, Params } from '../../trial/frozen-trial.js';
import { FIXED_PARAMS_KEY } from '../../trial/trial.js';
import { UnitSpace } from '../gp/unit-space.js';
import { PriorSampler } from '../prior.js';
import type { JointSample, Sampler, SamplingContext } from '../sampler.js';
import { CmaStrategy, type Solution } from './cma.js';
import { promisingRegion } from './warm-start.js';

export interface CmaOptions {
  readonly seed?: number;
  /** Trials of the first generations. Default 4 + ⌊3 ln d⌋. */
  readonly populationSize?: number;
  /** Standard deviation at the start, as a share of each parameter's range. Default 1/6. */
  readonly sigma?: number;
  /** Where to start. Default: what is recommended (see `recommended`), and the middle of the range for the rest. */
  readonly start?: Params;
  /** Complete trials of a like study, to start where its best ones are instead. */
  readonly warmStart?: readonly FrozenTrial[];
}

/** What was drawn for a trial: its generation, and by parameter the drawn coordinate and the one it is evaluated at. */
const DRAW_KEY = 'goldilocks:cma';
/** Below these it has converged: standard deviations as shares of the range, differences of the best values. */
const NARROW = 1e-5;
const FLAT = 1e-12;

interface Run {
  readonly strategy: CmaStrategy;
  readonly generation: number;
}

/** Choices, and parameters that other trials lacked, are drawn as `PriorSampler` does. */
export class CmaSampler implements Sampler {
  readonly #seed: number;
  readonly #options: CmaOptions;
  readonly #others: PriorSampler;

  /** @throws InvalidOptionError */
  constructor(options: CmaOptions = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#options = options;
    this.#others = new PriorSampler({ seed: this.#seed });
    const { populationSize = 4, sigma = 1 / 6 } = options;
    if (!(Number.isInteger(populationSize) && populationSize >= 2))
      throw new InvalidOptionError(`CmaSampler: populationSize is ${populationSize}; give an integer ≥ 2.`);
    if (!(sigma > 0 && sigma <= 1)) throw new InvalidOptionError(`CmaSampler: sigma is ${sigma}; give 0 < sigma ≤ 1.`);
  }

  /** Draws the trial's point, since trials are told apart by the generation they were drawn for. */
  beforeTrial(context: SamplingContext): Attributes | undefined {
    const { study, history, trial } = context;
    if (study.directions.length !== 1) {
      throw new UnsupportedError(
        `CmaSampler searches one objective; study '${study.name}' has ${study.directions.length}. Use TpeSampler.`,
      );
    }
    const unit = new UnitSpace(numericSpace(context));
    // Enqueued settings were not drawn from the distribution, so that it learns nothing from them.
    if (unit.size === 0 || FIXED_PARAMS_KEY in trial.systemAttributes) return undefined;
    const names = unit.dimensions.map(({ name }) => name);
    const { strategy, generation } = this.#replay(unit, names, history.trials, study.directions[0]!);
    const isFirst = !history.trials.some((other) => other.number !== trial.number && drawOf(other, names));
    const isRecommended = isFirst && unit.dimensions.some(({ distribution }) => hasPrior(distribution));
    const random = RandomGenerator.of(this.#seed, trial.number, 'cma');
    const x = isRecommended ? strategy.mean : strategy.draw(random);
    const at = strategy.place(x);
    const points = names.map((name, d) => [name, [x[d]!, at[d]!]] as const);
    return { [DRAW_KEY]: { generation, points: Object.fromEntries(points) } };
  }

  jointSpace(context: SamplingContext): SearchSpace {
    return DRAW_KEY in context.trial.systemAttributes ? numericSpace(context) : {};
  }

  sampleJointly({ trial }: SamplingContext, space: SearchSpace): JointSample {
    const unit = new UnitSpace(space);
    const draw = drawOf(
      trial,
      unit.dimensions.map(({ name }) => name),
    );
    return { params: draw ? unit.decode(draw.at) : {} };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#others.sample(context, name, distribution);
  }

  /** The strategy after all generations that are complete, from the trials alone. */
  #replay(unit: UnitSpace, names: readonly string[], trials: readonly FrozenTrial[], direction: Direction): Run {
    const generations = solutionsByGeneration(trials, names, direction);
    let run = 0;
    let strategy = this.#newStrategy(unit, run);
    let bests: number[] = [];
    for (let generation = 0; ; generation++) {
      const solutions = generations.get(generation) ?? [];
      if (solutions.length < strategy.populationSize) return { strategy, generation };
      strategy.tell(solutions.slice(0, strategy.populationSize));
      bests.push(Math.min(...solutions.map(({ value }) => value)));
      if (hasConverged(strategy, bests)) {
        strategy = this.#newStrategy(unit, ++run);
        bests = [];
      }
    }
  }

  #newStrategy(unit: UnitSpace, run: number): CmaStrategy {
    const borders = (d: number, mean: number) => bordersAt(unit.dimensions[d]!.distribution, mean);
    const { populationSize = 4 + Math.floor(3 * Math.log(unit.size)), sigma = 1 / 6, warmStart = [] } = this.#options;
    const size = populationSize * 2 ** run;
    if (run > 0) {
      const random = RandomGenerator.of(this.#seed, 'cma', run);
      const anywhere = Float64Array.from(unit.dimensions, () => random.uniform());
      return new CmaStrategy(anywhere, sigma, size, borders);
    }
    const past = warmStart.flatMap(({ state, params, values }) => {
      const x = state === 'COMPLETE' ? unit.encode(params) : null;
      return x ? [{ x, value: values![0]! }] : [];
    });
    if (past.length > 0) {
      const region = promisingRegion(past);
      return new CmaStrategy(region.mean, region.sigma, size, borders, region.covariance);
    }
    const start = unit.dimensions.map(({ name, distribution }) => {
      const given = coordinate(distribution, own(this.#options.start ?? {}, name) ?? distribution.recommended);
      return Number.isNaN(given) ? 0.5 : Math.min(1, Math.max(0, given));
    });
    return new CmaStrategy(Float64Array.from(start), sigma, size, borders);
  }
}

function numericSpace({ space, history }: SamplingContext): SearchSpace {
  const all = searchable(space ?? intersectionSearchSpace(history.finished));
  return Object.fromEntries(Object.entries(all).filter(([, distribution]) => distribution.type !== 'categorical'));
}

function drawOf(trial: FrozenTrial, names: readonly string[]) {
  const draw = trial.systemAttributes[DRAW_KEY] as JsonObject | undefined;
  if (!draw) return null;
  const points = draw.points as Readonly<Record<string, readonly [number, number]>>;
  if (Object.keys(points).length !== names.length || !names.every((name) => Object.hasOwn(points, name))) return null;
  const column = (k: 0 | 1) => Float64Array.from(names, (name) => points[name]![k]);
  return { generation: draw.generation as number, x: column(0), at: column(1) };
}

/** Complete trials by generation, in the order of their numbers; those that break a constraint are the worst. */
function solutionsByGeneration(trials: readonly FrozenTrial[], names: readonly string[], direction: Direction) {
  const sign = direction === 'minimize' ? 1 : -1;
  const generations = new Map<number, Solution[]>();
  for (const trial of trials) {
    const draw = trial.state === 'COMPLETE' ? drawOf(trial, names) : null;
    if (!draw) continue;
    const value = violation(trial) > 0 ? Number.POSITIVE_INFINITY : sign * trial.values![0]!;
    const solutions = generations.get(draw.generation);
    if (solutions) solutions.push({ x: draw.x, value });
    else generations.set(draw.generation, [{ x: draw.x, value }]);
  }
  return generations;
}

function hasConverged(strategy: CmaStrategy, bests: readonly number[]): boolean {
  if (strategy.deviations.every((deviation) => deviation < NARROW)) return true;
  const window = 10 + Math.ceil((30 * strategy.mean.length) / strategy.populationSize);
  const last = bests.slice(-window);
  return last.length === window && Math.max(...last) - Math.min(...last) <= FLAT;
}

/** The coordinates at which a discrete parameter near this mean goes over into its neighbours. */
function bordersAt(distribution: Distribution, mean: number): readonly [number, number] | null {
  if (distribution.type === 'categorical' || distribution.step === null) return null;
  const { low, high, step } = distribution;
  const count = Math.round((high - low) / step) + 1;
  const [first, last] = [coordinate(distribution, low), coordinate(distribution, high)];
  const inside = Math.min(last, Math.max(first, mean));
  const value = valueNear(distribution, inside);
  const k = Math.round((value - low) / step);
  const border = (index: number) =>
    coordinate(distribution, low + (Math.min(count - 1, Math.max(1, index)) - 0.5) * step);
  return [border(k), border(k + 1)];
}

function valueNear(distribution: Exclude<Distribution, { type: 'categorical' }>, x: number): number {
  const half = distribution.step! / 2;
  const [low, high] = [distribution.low - half, distribution.high + half];
  const value = distribution.log ? low * (high / low) ** x : low + x * (high - low);
  return quantize(distribution, value);
}
