/** The handle of a running trial: gives its parameters, takes its reports. */

import {
  categorical,
  checkDistribution,
  contains,
  type Distribution,
  float,
  int,
  type SearchSpace,
  sameDistribution,
} from '../distributions/distribution.js';
import { isSingle, singleValue, toExternal, toInternal } from '../distributions/representation.js';
import { InvalidDistributionError, InvalidParameterError, InvalidValuesError } from '../errors.js';
import { freezeJson, type JsonValue, own } from '../json.js';
import type { PruningDecision } from '../pruners/pruner.js';
import type { Storage, StoredParam, TrialChanges } from '../storages/storage.js';
import { constraintKey } from './constraints.js';
import type { Attributes, FrozenTrial, Params } from './frozen-trial.js';

/** Key of an enqueued trial's given parameters, Optuna's. */
export const FIXED_PARAMS_KEY = 'fixed_params';

/** What a trial asks its study for. */
export interface TrialHost {
  readonly storage: Storage;
  /** A value for a parameter that was neither enqueued nor sampled jointly. */
  sample(trial: FrozenTrial, name: string, distribution: Distribution): Promise<JsonValue>;
  decide(trial: FrozenTrial): Promise<PruningDecision>;
}

/** What the sampler chose jointly before any parameter is asked for. */
export interface PreparedTrial {
  readonly params: Params;
  readonly space: SearchSpace;
  readonly systemAttributes: Attributes;
  readonly pendingAttributes: Attributes;
}

export class Trial<P extends Params = Params> {
  readonly #host: TrialHost;
  readonly #prepared: PreparedTrial;
  #frozen: FrozenTrial;

  /** Trials are made by `study.ask` and `study.optimize`. */
  constructor(host: TrialHost, frozen: FrozenTrial, prepared: PreparedTrial) {
    this.#host = host;
    this.#frozen = frozen;
    this.#prepared = prepared;
  }

  get id(): number {
    return this.#frozen.id;
  }

  /** Counts from 0 within the study. */
  get number(): number {
    return this.#frozen.number;
  }

  /** The parameters set so far. */
  get params(): P {
    return this.#frozen.params as P;
  }

  get userAttributes(): Attributes {
    return this.#frozen.userAttributes;
  }

  get systemAttributes(): Attributes {
    return this.#frozen.systemAttributes;
  }

  /** What is known of the trial here, without asking the storage. */
  get frozen(): FrozenTrial {
    return this.#frozen;
  }

  /** A number in [low, high]; see `float`. */
  suggestFloat(name: string, low: number, high: number, options?: Parameters<typeof float>[2]): Promise<number> {
    return this.suggest(name, float(low, high, options)) as Promise<number>;
  }

  /** An integer in [low, high]; see `int`. */
  suggestInt(name: string, low: number, high: number, options?: Parameters<typeof int>[2]): Promise<number> {
    return this.suggest(name, int(low, high, options)) as Promise<number>;
  }

  /** One of the choices; see `categorical`. */
  suggestCategorical<const T extends JsonValue>(name: string, choices: readonly T[]): Promise<T> {
    return this.suggest(name, categorical(choices)) as Promise<T>;
  }

  /**
   * The trial's value for a parameter: the same one each time it is asked for.
   * @throws InvalidDistributionError when the study has used the name for something else
   */
  async suggest(name: string, distribution: Distribution): Promise<JsonValue> {
    await this.suggestAll({ [name]: distribution });
    return this.#frozen.params[name]!;
  }

  /** Sets all parameters of a space in one write; those already set keep their values. */
  async suggestAll(space: SearchSpace): Promise<void> {
    if (Object.hasOwn(space, '__proto__')) throw new InvalidParameterError("A parameter cannot be named '__proto__'.");
    const params = new Map<string, StoredParam>();
    for (const [name, distribution] of Object.entries(space)) {
      checkDistribution(name, distribution);
      const before = own(this.#frozen.distributions, name);
      if (before) this.#checkAskedAlike(name, before, distribution);
      else
        params.set(name, {
          internal: toInternal(name, distribution, await this.#choose(name, distribution)),
          distribution,
        });
    }
    if (params.size > 0) await this.#write({ params, systemAttributes: this.#unwrittenAttributes(params) });
  }

  #checkAskedAlike(name: string, before: Distribution, now: Distribution): void {
    if (sameDistribution(before, now)) return;
    throw new InvalidDistributionError(
      `Parameter '${name}' of trial ${this.number} is asked for with two distributions; use one, or two names.`,
    );
  }

  async #choose(name: string, distribution: Distribution): Promise<JsonValue> {
    const fixed = this.#frozen.systemAttributes[FIXED_PARAMS_KEY] as Params | undefined;
    if (fixed && Object.hasOwn(fixed, name)) return fixed[name]!;
    if (isSingle(distribution)) return singleValue(distribution);
    const { params, space } = this.#prepared;
    const joint = own(params, name);
    if (joint !== undefined && own(space, name) && contains(distribution, toInternal(name, distribution, joint)))
      return joint;
    return this.#host.sample(this.#frozen, name, distribution);
  }

  /** The sampler's attributes go with the first write; those for other processes only when parameters are still to come. */
  #unwrittenAttributes(params: ReadonlyMap<string, StoredParam>): Attributes {
    if (Object.keys(this.#frozen.params).length > 0) return {};
    const complete = Object.keys(this.#prepared.params).every((name) => params.has(name));
    return complete ? {} : this.#prepared.pendingAttributes;
  }

  /**
   * Reports an intermediate value, e.g. the validation loss after a step. A second report of a step is ignored.
   * @param value may be NaN or infinite
   * @param step an integer ≥ 0
   */
  report(value: number, step: number): Promise<void> {
    return this.reportAll([[step, value]]);
  }

  /** Reports several steps in one write: for values that come faster than a storage takes them. */
  async reportAll(values: Iterable<readonly [step: number, value: number]>): Promise<void> {
    const fresh = new Map<number, number>();
    for (const [step, value] of values) {
      if (typeof value !== 'number')
        throw new InvalidValuesError(`Trial ${this.number}: reported ${typeof value} '${value}'; report a number.`);
      if (!Number.isSafeInteger(step) || step < 0)
        throw new InvalidValuesError(`Trial ${this.number}: step ${step} is not an integer ≥ 0.`);
      if (!this.#frozen.intermediateValues.has(step) && !fresh.has(step)) fresh.set(step, value);
    }
    if (fresh.size > 0) await this.#write({ intermediateValues: fresh });
  }

  /** Asks the study's pruner whether the trial should stop, by the reports up to now. */
  async shouldPrune(): Promise<boolean> {
    const { prune, systemAttributes } = await this.#host.decide(this.#frozen);
    if (systemAttributes && Object.keys(systemAttributes).length > 0) await this.#write({ systemAttributes });
    return prune;
  }

  async setUserAttribute(key: string, value: JsonValue): Promise<void> {
    await this.#write({ userAttributes: { [key]: value } });
  }

  /** For libraries built on this one; keys may be Optuna's. */
  async setSystemAttribute(key: string, value: JsonValue): Promise<void> {
    await this.#write({ systemAttributes: { [key]: value } });
  }

  /** States a constraint: the trial is feasible when all are ≤ 0. */
  async setConstraint(name: string, value: number): Promise<void> {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new InvalidValuesError(`Trial ${this.number}: constraint '${name}' is ${value}; give a number.`);
    }
    await this.setSystemAttribute(constraintKey(name), value);
  }

  async #write(changes: TrialChanges): Promise<void> {
    await this.#host.storage.writeTrial(this.id, changes);
    this.#frozen = merge(this.#frozen, changes);
  }
}

/** The trial with changes that were written to it. */
export function merge(trial: FrozenTrial, changes: TrialChanges): FrozenTrial {
  const params = { ...trial.params };
  const distributions = { ...trial.distributions };
  for (const [name, { internal, distribution }] of changes.params ?? []) {
    params[name] = toExternal(distribution, internal);
    distributions[name] = distribution;
  }
  return {
    ...trial,
    params,
    distributions,
    intermediateValues: new Map([...trial.intermediateValues, ...(changes.intermediateValues ?? [])]),
    userAttributes: { ...trial.userAttributes, ...freezeJson(changes.userAttributes ?? {}) },
    systemAttributes: { ...trial.systemAttributes, ...freezeJson(changes.systemAttributes ?? {}) },
  };
}
