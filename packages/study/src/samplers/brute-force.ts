/** Brute force: every combination of a finite space once, also of conditional parameters, which it discovers on the way. */

import { contains, type Distribution, type SearchSpace } from '../distributions/distribution.js';
import { isSingle, toExternal, toInternal } from '../distributions/representation.js';
import { InvalidOptionError, InvalidParameterError } from '../errors.js';
import { type JsonObject, type JsonValue, own } from '../json.js';
import { RandomGenerator, randomSeed } from '../numerics/random.js';
import { type FrozenTrial, isFinished, type Params } from '../trial/frozen-trial.js';
import { FIXED_PARAMS_KEY } from '../trial/trial.js';
import type { JointSample, Sampler, SamplingContext } from './sampler.js';

export interface BruteForceOptions {
  readonly seed?: number;
  /**
   * Go on while running trials might still open branches that nobody has seen, at the price of repeating some. Default
   * false: the search ends when everything known has been tried or is being tried.
   */
  readonly avoidPrematureStop?: boolean;
}

const MOST_VALUES = 2 ** 20;

/** Ends `optimize` when every combination has been tried. Floats need a step. */
export class BruteForceSampler implements Sampler {
  readonly #seed: number;
  readonly #countRunning: boolean;

  constructor(options: BruteForceOptions = {}) {
    this.#seed = options.seed ?? randomSeed();
    this.#countRunning = options.avoidPrematureStop ?? false;
  }

  jointSpace({ space }: SamplingContext): SearchSpace {
    return space ?? {};
  }

  sampleJointly(context: SamplingContext, space: SearchSpace): JointSample {
    const given = (context.trial.systemAttributes[FIXED_PARAMS_KEY] ?? {}) as JsonObject;
    const isAsked = ([name]: [string, JsonValue]) => Object.hasOwn(context.space ?? space, name);
    // Given ones first, so that only the combinations that hold them count.
    const params: Record<string, JsonValue> = Object.fromEntries(Object.entries(given).filter(isAsked));
    for (const [name, distribution] of Object.entries(space)) {
      if (!Object.hasOwn(given, name)) params[name] = this.#choose(context, params, name, distribution);
    }
    return { params };
  }

  sample(context: SamplingContext, name: string, distribution: Distribution): JsonValue {
    return this.#choose(context, context.trial.params, name, distribution);
  }

  afterTrial({ history, trial }: SamplingContext): { stop: boolean } {
    const ended: FrozenTrial = { ...trial, state: 'COMPLETE' };
    const others = history.trials.filter((other) => other.number !== trial.number && other.state !== 'WAITING');
    return { stop: untried([...others, ended], new Set(), this.#countRunning) === 0 };
  }

  #choose(context: SamplingContext, params: Params, name: string, distribution: Distribution): JsonValue {
    const size = valueCount(name, distribution);
    const trials = context.history.trials.filter(
      (other) => other.number !== context.trial.number && other.state !== 'WAITING' && agrees(other, params),
    );
    const branches = branchesOf(trials, name, distribution);
    const known = new Set([...Object.keys(params), name]);
    const count = (countRunning: boolean) =>
      Float64Array.from({ length: size }, (_, index) => {
        const branch = branches.get(index);
        return branch ? untried(branch, known, countRunning) : 1;
      });
    const random = RandomGenerator.of(this.#seed, context.trial.number, 'brute-force', name);
    let counts = count(this.#countRunning);
    // All is done or under way: repeat what is under way, in case its worker was lost; else anything.
    if (counts.every((n) => n === 0)) counts = count(true);
    if (counts.every((n) => n === 0)) counts = counts.fill(1);
    return toExternal(distribution, valueAt(distribution, pick(counts, random.uniform())));
  }
}

/** By the number of combinations left, but half evenly, so that a small branch is not left to the end. */
function pick(counts: Float64Array, u: number): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const open = counts.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);
  let rest = u;
  let last = 0;
  for (const [index, n] of counts.entries()) {
    if (n === 0) continue;
    last = index;
    rest -= 0.5 * (n / total) + 0.5 / open;
    if (rest < 0) break;
  }
  return last;
}

/** Combinations not tried yet among those that begin like all of these trials; one that nobody has begun counts once. */
function untried(trials: readonly FrozenTrial[], known: ReadonlySet<string>, countRunning: boolean): number {
  const isNew = (name: string) => !known.has(name);
  const further = trials.find(({ distributions }) => Object.keys(distributions).some(isNew));
  if (!further) return trials.some(({ state }) => isFinished(state)) || !countRunning ? 0 : 1;
  const name = Object.keys(further.distributions).find(isNew)!;
  const distribution = further.distributions[name]!;
  const branches = branchesOf(trials, name, distribution);
  const next = new Set([...known, name]);
  let left = valueCount(name, distribution) - branches.size;
  for (const branch of branches.values()) left += untried(branch, next, countRunning);
  return left;
}

/** The trials by the index of their value of a parameter; those without it, or off the lattice, are left out. */
function branchesOf(trials: readonly FrozenTrial[], name: string, distribution: Distribution) {
  const branches = new Map<number, FrozenTrial[]>();
  for (const trial of trials) {
    const value = own(trial.params, name);
    const index = value === undefined ? null : indexOf(distribution, value);
    if (index === null) continue;
    const branch = branches.get(index);
    if (branch) branch.push(trial);
    else branches.set(index, [trial]);
  }
  return branches;
}

function agrees(trial: FrozenTrial, params: Params): boolean {
  return Object.entries(params).every(([name, value]) => {
    const distribution = own(trial.distributions, name);
    if (!distribution) return false;
    const index = indexOf(distribution, value);
    return index !== null && index === indexOf(distribution, trial.params[name]!);
  });
}

function valueCount(name: string, distribution: Distribution): number {
  if (distribution.type === 'categorical') return distribution.choices.length;
  if (isSingle(distribution)) return 1;
  if (distribution.step === null)
    throw new InvalidOptionError(`BruteForceSampler: '${name}' is a float without a step; give it one.`);
  const count = Math.round((distribution.high - distribution.low) / distribution.step) + 1;
  if (count > MOST_VALUES)
    throw new InvalidOptionError(`BruteForceSampler: '${name}' has ${count} values, which is too many to try all.`);
  return count;
}

function valueAt(distribution: Distribution, index: number): number {
  if (distribution.type === 'categorical' || isSingle(distribution))
    return distribution.type === 'categorical' ? index : distribution.low;
  // Rounded to the digits a decimal lattice needs, so that 3 · 0.1 is 0.3.
  const value = Number((distribution.low + index * distribution.step!).toPrecision(15));
  return Math.min(distribution.high, value);
}

function indexOf(distribution: Distribution, value: JsonValue): number | null {
  let internal: number;
  try {
    internal = toInternal('', distribution, value);
  } catch (error) {
    if (error instanceof InvalidParameterError) return null;
    throw error;
  }
  if (!contains(distribution, internal)) return null;
  if (distribution.type === 'categorical') return internal;
  return distribution.step === null ? 0 : Math.round((internal - distribution.low) / distribution.step);
}
