/** What genetic samplers share: generations of trials, each bred from the best of those before. */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { coordinate, valueAt } from '../../distributions/unit.js';
import { InvalidOptionError } from '../../errors.js';
import { formatJson, type JsonValue, own } from '../../json.js';
import { constrainedDominates } from '../../multi-objective/ranks.js';
import { RandomGenerator, randomSeed } from '../../numerics/random.js';
import { intersectionSearchSpace } from '../../search-space/intersection.js';
import { searchable } from '../../search-space/searchable.js';
import type { Attributes, Direction, FrozenTrial, Params } from '../../trial/frozen-trial.js';
import { RandomSampler } from '../random.js';
import type { JointSample, Sampler, SamplingContext } from '../sampler.js';
import { type Crossover, uniformCrossover } from './crossover.js';
import type { Mutation } from './mutation.js';

export interface GeneticOptions {
  readonly seed?: number;
  /** Complete trials that make a generation. Default 50. */
  readonly populationSize?: number;
  /** How numbers of the parents make those of a trial. Default: `uniformCrossover`. */
  readonly crossover?: Crossover;
  /** That a trial has several parents, not one. Default 0.9. */
  readonly crossoverProbability?: number;
  /** That a choice, or with the default crossover a number, comes from the last parent. Default 0.5. */
  readonly swappingProbability?: number;
  /** How a number mutates. Default: it is drawn anew, as choices always are. */
  readonly mutation?: Mutation;
  /** That a parameter mutates. Default: one parameter of each trial on average. */
  readonly mutationProbability?: number;
}

/** Children outside the space are bred again, so often; then they are moved into it. */
const MOST_TRIES = 16;

export abstract class GeneticSampler implements Sampler {
  protected readonly seed: number;
  protected readonly populationSize: number;
  readonly #generationKey: string;
  readonly #crossover: Crossover;
  readonly #crossoverProbability: number;
  readonly #swapping: number;
  readonly #mutation: Mutation | undefined;
  readonly #mutationProbability: number | undefined;
  readonly #random: RandomSampler;
  readonly #elites: { candidates: FrozenTrial[]; elite: FrozenTrial[] }[] = [];

  /**
   * @param name the sampler's name in messages
   * @param generationKey Optuna's key of a trial's generation
   * @throws InvalidOptionError
   */
  protected constructor(name: string, generationKey: string, options: GeneticOptions) {
    const { seed = randomSeed(), populationSize = 50, swappingProbability = 0.5 } = options;
    this.seed = seed;
    this.populationSize = populationSize;
    this.#generationKey = generationKey;
    this.#swapping = swappingProbability;
    this.#crossoverProbability = options.crossoverProbability ?? 0.9;
    this.#mutation = options.mutation;
    this.#mutationProbability = options.mutationProbability;
    this.#random = new RandomSampler({ seed });
    const { mutationProbability = 0, crossoverProbability = 0 } = options;
    for (const [key, p] of Object.entries({ mutationProbability, crossoverProbability, swappingProbability })) {
      if (!(p >= 0 && p <= 1)) throw new InvalidOptionError(`${name}: ${key} is ${p}; give 0 to 1.`);
    }
    this.#crossover = options.crossover ?? uniformCrossover({ swapping: swappingProbability });
    const least = this.#crossover.parents;
    if (!(Number.isInteger(populationSize) && populationSize >= least)) {
      throw new InvalidOptionError(
        `${name}: populationSize is ${populationSize}; give an integer ≥ ${least}, the parents of a child.`,
      );
    }
  }

  /** The `populationSize` best of the trials, from which the given generation is bred. */
  protected abstract selectElite(
    trials: readonly FrozenTrial[],
    directions: readonly Direction[],
    generation: number,
  ): FrozenTrial[];

  beforeTrial({ history }: SamplingContext): Attributes {
    let [generation, count] = [0, 0];
    for (const trial of history.finished) {
      const other = trial.state === 'COMPLETE' ? this.#generationOf(trial) : -1;
      if (other > generation) [generation, count] = [other, 0];
      if (other === generation) count++;
    }
    return { [this.#generationKey]: count < this.populationSize ? generation : generation + 1 };
  }

  jointSpace({ space, history }: SamplingContext): SearchSpace {
    return searchable(space ?? intersectionSearchSpace(history.finished));
  }

  /** Parameters that are to be drawn anew are left out. */
  sampleJointly(context: SamplingContext, space: SearchSpace): JointSample {
    const { trial, history, study } = context;
    const names = Object.keys(space);
    const canBreed = (other: FrozenTrial) =>
      other.state === 'COMPLETE' && names.every((name) => isOf(space[name]!, own(other.params, name)));
    const parents = this.#parentsOf(history.trials.filter(canBreed), this.#generationOf(trial), study.directions);
    if (parents.length === 0) return { params: {} };
    const random = RandomGenerator.of(this.seed, trial.number, 'genetic');
    const child = this.#breed(parents, space, study.directions, random);
    const params: Record<string, JsonValue> = {};
    for (const name of names) {
      if (random.uniform() >= (this.#mutationProbability ?? 1 / names.length)) params[name] = child[name]!;
      else if (this.#mutation && space[name]!.type !== 'categorical') {
        params[name] = mutated(space[name]!, child[name]!, this.#mutation, random);
      }
    }
    // A setting that was tried already teaches nothing: one parameter at least is then drawn anew.
    if (Object.keys(params).length === names.length && isKnown(params, names, history.trials)) {
      delete params[names[random.integer(names.length)]!];
    }
    return { params };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#random.sample(context, name, distribution);
  }

  /** The best of all generations before one, chosen generation by generation; each choice is kept while its trials stay. */
  #parentsOf(complete: readonly FrozenTrial[], generation: number, directions: readonly Direction[]): FrozenTrial[] {
    const populations: FrozenTrial[][] = Array.from({ length: generation }, () => []);
    for (const trial of complete) populations[this.#generationOf(trial)]?.push(trial);
    let parents: FrozenTrial[] = [];
    for (const [g, population] of populations.entries()) {
      const candidates = population.concat(parents);
      const before = this.#elites[g];
      const isSame =
        before?.candidates.length === candidates.length && before.candidates.every((t, i) => t === candidates[i]);
      parents = isSame ? before.elite : this.selectElite(candidates, directions, g + 1);
      this.#elites[g] = { candidates, elite: parents };
    }
    return parents;
  }

  #generationOf({ systemAttributes }: FrozenTrial): number {
    const generation = systemAttributes[this.#generationKey];
    return typeof generation === 'number' ? generation : -1;
  }

  #breed(
    parents: readonly FrozenTrial[],
    space: SearchSpace,
    directions: readonly Direction[],
    random: RandomGenerator,
  ): Params {
    if (random.uniform() >= this.#crossoverProbability) return parents[random.integer(parents.length)]!.params;
    const numbers = Object.keys(space).filter((name) => space[name]!.type !== 'categorical');
    for (let round = 1; ; round++) {
      const chosen = chooseParents(parents, this.#crossover.parents, directions, random);
      const points = chosen.map(({ params }) =>
        Float64Array.from(numbers, (name) => within(coordinate(space[name]!, params[name]))),
      );
      const child = this.#crossover.cross(points, () => random.uniform());
      if (round < MOST_TRIES && child.some((x) => !(x >= 0 && x <= 1))) continue;
      return Object.fromEntries(
        Object.entries(space).map(([name, distribution]) => {
          if (distribution.type === 'categorical') {
            return [name, (random.uniform() < this.#swapping ? chosen.at(-1)! : chosen[0]!).params[name]!];
          }
          const i = numbers.indexOf(name);
          // An inherited value stays what it was to the last digit.
          const heir = chosen.find(({ params }) => coordinate(distribution, params[name]) === child[i]);
          return [name, heir ? heir.params[name]! : valueAt(distribution, within(child[i]!))];
        }),
      );
    }
  }
}

function isOf(distribution: Distribution, value: JsonValue | undefined): boolean {
  return !Number.isNaN(coordinate(distribution, value));
}

function mutated(distribution: Distribution, value: JsonValue, mutation: Mutation, random: RandomGenerator): JsonValue {
  return valueAt(distribution, within(mutation(within(coordinate(distribution, value)), () => random.uniform())));
}

function within(x: number): number {
  return Math.min(1, Math.max(0, x));
}

function isKnown(params: Params, names: readonly string[], trials: readonly FrozenTrial[]): boolean {
  const settingOf = (of: Params) => formatJson(names.map((name) => own(of, name) ?? null));
  const setting = settingOf(params);
  return trials.some((trial) => settingOf(trial.params) === setting);
}

/** Different trials, each the better of two drawn by chance. */
function chooseParents(
  trials: readonly FrozenTrial[],
  count: number,
  directions: readonly Direction[],
  random: RandomGenerator,
): FrozenTrial[] {
  const chosen: FrozenTrial[] = [];
  while (chosen.length < count) {
    const others = trials.filter((trial) => !chosen.includes(trial));
    const from = others.length > 0 ? others : trials;
    const [a, b] = [from[random.integer(from.length)]!, from[random.integer(from.length)]!];
    chosen.push(constrainedDominates(a, b, directions) ? a : b);
  }
  return chosen;
}
