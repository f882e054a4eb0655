/**
 * NSGA-II (Deb et al., IEEE Trans. Evol. Comput. 6, 2002) as in Optuna: generations of trials, each bred from the best of
 * those before, for several objectives and many trials.
 */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import { InvalidOptionError } from '../errors.js';
import { formatJson, type JsonValue, own } from '../json.js';
import { byCrowding, constrainedDominates, constrainedRanks } from '../multi-objective/ranks.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import { intersectionSearchSpace } from '../search-space/intersection.js';
import { searchable } from '../search-space/searchable.js';
import type { Attributes, Direction, FrozenTrial, Params } from '../trial/frozen-trial.js';
import { RandomSampler } from './random.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

export interface Nsga2Options {
  readonly seed?: number;
  /** Complete trials that make a generation. Default 50. */
  readonly populationSize?: number;
  /** That a parameter is drawn anew. Default: one parameter of each trial on average. */
  readonly mutationProbability?: number;
  /** That a trial has two parents, not one. Default 0.9. */
  readonly crossoverProbability?: number;
  /** That a parameter comes from the second parent. Default 0.5. */
  readonly swappingProbability?: number;
}

/** Optuna's key of a trial's generation. */
const GENERATION_KEY = 'NSGAIISampler:generation';

export class Nsga2Sampler implements Sampler {
  readonly #seed: number;
  readonly #populationSize: number;
  readonly #mutation: number | undefined;
  readonly #crossover: number;
  readonly #swapping: number;
  readonly #random: RandomSampler;

  /** @throws InvalidOptionError */
  constructor(options: Nsga2Options = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#populationSize = options.populationSize ?? 50;
    this.#mutation = options.mutationProbability;
    this.#crossover = options.crossoverProbability ?? 0.9;
    this.#swapping = options.swappingProbability ?? 0.5;
    this.#random = new RandomSampler({ seed: this.#seed });
    if (!(Number.isInteger(this.#populationSize) && this.#populationSize >= 2))
      throw new InvalidOptionError(`Nsga2Sampler: populationSize is ${this.#populationSize}; give an integer ≥ 2.`);
    for (const [name, p] of Object.entries({
      mutation: this.#mutation ?? 0,
      crossover: this.#crossover,
      swapping: this.#swapping,
    })) {
      if (!(p >= 0 && p <= 1)) throw new InvalidOptionError(`Nsga2Sampler: ${name}Probability is ${p}; give 0 to 1.`);
    }
  }

  beforeTrial({ history }: SamplingContext): Attributes {
    let [generation, count] = [0, 0];
    for (const trial of history.finished) {
      const other = trial.state === 'COMPLETE' ? generationOf(trial) : -1;
      if (other > generation) [generation, count] = [other, 0];
      if (other === generation) count++;
    }
    return { [GENERATION_KEY]: count < this.#populationSize ? generation : generation + 1 };
  }

  jointSpace({ space, history }: SamplingContext): SearchSpace {
    return searchable(space ?? intersectionSearchSpace(history.finished));
  }

  /** Parameters that mutate are left out, and so drawn at random. */
  sampleJointly(context: SamplingContext, space: SearchSpace): JointSample {
    const { trial, history, study } = context;
    const names = Object.keys(space);
    const isParent = (other: FrozenTrial) =>
      other.state === 'COMPLETE' && names.every((name) => Object.hasOwn(other.params, name));
    const parents = selectParents(
      history.trials.filter(isParent),
      generationOf(trial),
      this.#populationSize,
      study.directions,
    );
    if (parents.length === 0) return { params: {} };
    const random = RandomGenerator.of(this.#seed, trial.number, 'nsga2');
    const child = this.#breed(parents, names, study.directions, random);
    const kept = names.filter(() => random.uniform() >= (this.#mutation ?? 1 / names.length));
    // A setting that was tried already teaches nothing: one parameter at least is then drawn anew.
    const known = new Set(history.trials.map(({ params }) => settingOf(params, names)));
    if (kept.length === names.length && known.has(settingOf(child, names)))
      kept.splice(random.integer(names.length), 1);
    return { params: Object.fromEntries(kept.map((name) => [name, child[name]!])) };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#random.sample(context, name, distribution);
  }

  #breed(
    parents: readonly FrozenTrial[],
    names: readonly string[],
    directions: readonly Direction[],
    random: RandomGenerator,
  ): Params {
    if (random.uniform() >= this.#crossover) return parents[random.integer(parents.length)]!.params;
    const first = tournament(parents, directions, random);
    const others = parents.filter((trial) => trial !== first);
    const second = others.length > 0 ? tournament(others, directions, random) : first;
    const from = () => (random.uniform() < this.#swapping ? second : first);
    return Object.fromEntries(names.map((name) => [name, from().params[name]!]));
  }
}

function generationOf({ systemAttributes }: FrozenTrial): number {
  const generation = systemAttributes[GENERATION_KEY];
  return typeof generation === 'number' ? generation : -1;
}

function settingOf(params: Params, names: readonly string[]): string {
  return formatJson(names.map((name) => own(params, name) ?? null));
}

function tournament(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  random: RandomGenerator,
): FrozenTrial {
  const [a, b] = [trials[random.integer(trials.length)]!, trials[random.integer(trials.length)]!];
  return constrainedDominates(a, b, directions) ? a : b;
}

/** The best trials of all generations before one, chosen generation by generation. */
function selectParents(
  complete: readonly FrozenTrial[],
  generation: number,
  size: number,
  directions: readonly Direction[],
): FrozenTrial[] {
  let parents: FrozenTrial[] = [];
  for (let g = 0; g < generation; g++) {
    const population = complete.filter((trial) => generationOf(trial) === g);
    parents = selectElite([...population, ...parents], size, directions);
  }
  return parents;
}

/** The `size` best trials: whole fronts, and of the last one those that stand most alone. */
export function selectElite(
  trials: readonly FrozenTrial[],
  size: number,
  directions: readonly Direction[],
): FrozenTrial[] {
  const ranks = constrainedRanks(trials, directions);
  const elite: FrozenTrial[] = [];
  for (let rank = 0; elite.length < size && elite.length < trials.length; rank++) {
    const front = trials.filter((_, row) => ranks[row] === rank);
    const fits = elite.length + front.length < size;
    elite.push(...(fits ? front : byCrowding(front).slice(0, size - elite.length)));
  }
  return elite;
}
