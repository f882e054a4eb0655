/** A study: asks a sampler for trials, is told how they ended, keeps them in a storage. */

import { checkDistribution, type ParamsOf, type SearchSpace } from '../distributions/distribution.js';
import { InvalidParameterError, NoTrialError, TrialNotFoundError, UnsupportedError } from '../errors.js';
import { freezeJson, type JsonValue, jsonEqual } from '../json.js';
import type { Pruner, PruningDecision } from '../pruners/pruner.js';
import type { Sampler, SamplingContext, StudyInfo } from '../samplers/sampler.js';
import type { FrozenStudy, Storage } from '../storages/storage.js';
import {
  type Attributes,
  type Direction,
  type FinishedState,
  type FrozenTrial,
  isFinished,
  type Params,
  type TrialTemplate,
} from '../trial/frozen-trial.js';
import { checkTemplate } from '../trial/template.js';
import { FIXED_PARAMS_KEY, merge, type PreparedTrial, Trial, type TrialHost } from '../trial/trial.js';
import { bestOf, paretoFront } from './best-trials.js';
import { FAILURE_KEY, failureOf } from './failure.js';
import { TrialHistory } from './history.js';
import { type Objective, type OptimizeOptions, optimize } from './optimize.js';
import type { StudySnapshot } from './snapshot.js';
import { type Outcome, outcomeOf, type ToldValues } from './told-values.js';

const METRIC_NAMES_KEY = 'study:metric_names';

export interface TellOptions {
  readonly state?: FinishedState;
  /** Why it failed, as stored with the trial. */
  readonly failure?: string;
  readonly skipIfFinished?: boolean;
}

export interface EnqueueOptions {
  readonly userAttributes?: Attributes;
  /** Do nothing when a trial with these very parameters is there already. Default false. */
  readonly skipIfExists?: boolean;
}

/**
 * Made by `createStudy` and `loadStudy`. Any number of these objects, in any number of processes, may work on the same
 * study of one storage.
 */
export class Study {
  readonly #info: StudyInfo;
  readonly #sampler: Sampler;
  readonly #pruner: Pruner;
  readonly #history: TrialHistory;
  readonly #host: TrialHost;
  readonly storage: Storage;
  #asking: Promise<unknown> = Promise.resolve();
  #stopRequested = false;

  constructor(storage: Storage, study: FrozenStudy, sampler: Sampler, pruner: Pruner) {
    this.storage = storage;
    this.#info = { id: study.id, name: study.name, directions: study.directions };
    this.#sampler = sampler;
    this.#pruner = pruner;
    this.#history = new TrialHistory(storage, study.id);
    this.#host = {
      storage,
      sample: async (trial, name, distribution) => this.#sampler.sample(this.#context(trial), name, distribution),
      decide: (trial) => this.#decide(trial),
    };
  }

  get id(): number {
    return this.#info.id;
  }

  get name(): string {
    return this.#info.name;
  }

  /** One for each objective. */
  get directions(): readonly Direction[] {
    return this.#info.directions;
  }

  /**
   * Starts a trial: the oldest enqueued one, or a new one. With a space, all its parameters are set in `trial.params`;
   * without, they are asked for one by one with `trial.suggestFloat` and the like.
   * When no parameters can be chosen the trial is stored as failed, and the error thrown.
   */
  ask(): Promise<Trial>;
  ask<S extends SearchSpace>(space: S): Promise<Trial<ParamsOf<S>>>;
  async ask(space?: SearchSpace): Promise<Trial> {
    for (const [name, distribution] of Object.entries(space ?? {})) checkDistribution(name, distribution);
    // One after the other, so that each sampler call knows the parameters of all trials before.
    const next = this.#asking.then(() => this.#ask(space));
    this.#asking = next.catch(() => undefined);
    return next;
  }

  async #ask(space: SearchSpace | undefined): Promise<Trial> {
    const { ignoresHistory = false } = this.#sampler;
    const { trial: started, isRead } = ignoresHistory
      ? { trial: await this.storage.startTrial(this.id), isRead: true }
      : await this.#history.start();
    try {
      if (!isRead) await this.#history.refresh();
      const prepared = await this.#prepare({ ...this.#context(started), space });
      const systemAttributes = prepared.systemAttributes;
      const frozen = { ...started, systemAttributes: { ...started.systemAttributes, ...systemAttributes } };
      if (Object.keys(systemAttributes).length > 0) await this.storage.writeTrial(started.id, { systemAttributes });
      const trial = new Trial(this.#host, frozen, prepared);
      if (space) await trial.suggestAll(space);
      return trial;
    } catch (error) {
      const changes = { systemAttributes: { [FAILURE_KEY]: failureOf(error) } };
      await this.storage.finishTrial(started.id, 'FAIL', null, changes).catch((second: unknown) => {
        throw new AggregateError([error, second], `Trial ${started.number} could neither be asked for nor be failed.`);
      });
      throw error;
    }
  }

  async #prepare(context: SamplingContext): Promise<PreparedTrial> {
    const systemAttributes = (await this.#sampler.beforeTrial?.(context)) ?? {};
    const trial = { ...context.trial, systemAttributes: { ...context.trial.systemAttributes, ...systemAttributes } };
    const space = (await this.#sampler.jointSpace?.({ ...context, trial })) ?? {};
    const isEmpty = Object.keys(space).length === 0;
    const joint = isEmpty ? undefined : await this.#sampler.sampleJointly?.({ ...context, trial }, space);
    return { space, params: joint?.params ?? {}, systemAttributes, pendingAttributes: joint?.pendingAttributes ?? {} };
  }

  /**
   * Ends a trial with its value, or values for several objectives. NaN stores it as failed. For a trial that failed or
   * was pruned tell null and the state.
   * @param trial the trial, or its number
   * @param options `skipIfFinished`: leave a trial that has already ended as it is and return it
   * @throws InvalidValuesError when the values do not fit the study; the trial is then still running
   * @throws TrialNotRunningError when it has already ended
   */
  async tell(
    trial: Pick<FrozenTrial, 'number'> | number,
    values: ToldValues,
    options: TellOptions = {},
  ): Promise<FrozenTrial> {
    // Whoever started a trial owns it, so that its handle knows it as it is.
    const isKnown = trial instanceof Trial && !options.skipIfFinished;
    const frozen = isKnown ? trial.frozen : await this.#current(typeof trial === 'number' ? trial : trial.number);
    if (options.skipIfFinished && isFinished(frozen.state)) return frozen;
    const outcome = outcomeOf(frozen, this.directions.length, values, options.state);
    const after = await this.#afterTrial(frozen, outcome);
    if (after?.stop) this.stop();
    const failure = options.failure ?? outcome.failure;
    const systemAttributes = { ...after?.systemAttributes, ...(failure ? { [FAILURE_KEY]: failure } : {}) };
    const end = { state: outcome.state, values: outcome.values };
    const completedAt = await this.storage.finishTrial(frozen.id, end.state, end.values, { systemAttributes });
    return { ...merge(frozen, { systemAttributes }), ...end, completedAt };
  }

  async #afterTrial(trial: FrozenTrial, { state, values }: Outcome) {
    if (!this.#sampler.afterTrial) return undefined;
    await this.#history.refresh();
    return this.#sampler.afterTrial(this.#context(trial), state, values);
  }

  /**
   * Runs trials until enough have ended, time is over, `stop` is called or the signal aborts.
   * @throws what the objective throws, unless `catch` takes it; the signal's reason when it aborts
   */
  async optimize(objective: Objective, options: OptimizeOptions = {}): Promise<void> {
    this.#stopRequested = false;
    await optimize(this, objective, options, () => this.#stopRequested);
  }

  /** Lets a running `optimize` start no further trial. */
  stop(): void {
    this.#stopRequested = true;
  }

  /** Puts a trial with given parameters in the queue; parameters left out are sampled when it is asked for. */
  async enqueue(params: Params, options: EnqueueOptions = {}): Promise<void> {
    if (typeof params !== 'object' || params === null || Array.isArray(params)) {
      throw new InvalidParameterError(`Enqueue takes an object of parameters by name, not ${JSON.stringify(params)}.`);
    }
    if (options.skipIfExists && (await this.#exists(params))) return;
    const { userAttributes = {} } = options;
    const systemAttributes = { [FIXED_PARAMS_KEY]: freezeJson({ ...params }) };
    await this.storage.addTrial(this.id, { state: 'WAITING', userAttributes, systemAttributes });
  }

  async #exists(params: Params): Promise<boolean> {
    await this.#history.refresh();
    return this.#history.trials.some((trial) =>
      jsonEqual(trial.systemAttributes[FIXED_PARAMS_KEY] ?? trial.params, params),
    );
  }

  /**
   * Adds a trial made elsewhere, usually a finished one.
   * @throws InvalidValuesError, InvalidParameterError when its parts do not fit together or the study
   */
  async addTrial(template: TrialTemplate): Promise<FrozenTrial> {
    checkTemplate(template, this.directions.length);
    return this.storage.addTrial(this.id, template);
  }

  /** Adds several, in their order; none when one of them does not hold together. */
  async addTrials(templates: readonly TrialTemplate[]): Promise<FrozenTrial[]> {
    for (const template of templates) checkTemplate(template, this.directions.length);
    const added: FrozenTrial[] = [];
    for (const template of templates) added.push(await this.storage.addTrial(this.id, template));
    return added;
  }

  /** All trials by number, as they are now. */
  async trials(): Promise<FrozenTrial[]> {
    await this.#history.refresh();
    return [...this.#history.trials];
  }

  /** The study as it is now, for figures. */
  async snapshot(): Promise<StudySnapshot> {
    const [metricNames, trials] = await Promise.all([this.metricNames(), this.trials()]);
    return { name: this.name, directions: this.directions, metricNames, trials };
  }

  /**
   * The best complete trial among the feasible ones.
   * @throws NoTrialError when there is none
   * @throws UnsupportedError for several objectives: see `bestTrials`
   */
  async bestTrial(): Promise<FrozenTrial> {
    const direction = this.#onlyDirection('bestTrial', 'use bestTrials');
    const best = bestOf(await this.trials(), direction);
    if (!best) throw new NoTrialError(`Study '${this.name}' has no complete and feasible trial yet.`);
    return best;
  }

  /** The Pareto front of complete and feasible trials, by number; for one objective, all that share the best value. */
  async bestTrials(): Promise<FrozenTrial[]> {
    return paretoFront(await this.trials(), this.directions);
  }

  async userAttributes(): Promise<Attributes> {
    return (await this.storage.getStudy(this.id)).userAttributes;
  }

  async systemAttributes(): Promise<Attributes> {
    return (await this.storage.getStudy(this.id)).systemAttributes;
  }

  setUserAttribute(key: string, value: JsonValue): Promise<void> {
    return this.storage.setStudyUserAttribute(this.id, key, value);
  }

  /** For libraries built on this one; keys may be Optuna's. */
  setSystemAttribute(key: string, value: JsonValue): Promise<void> {
    return this.storage.setStudySystemAttribute(this.id, key, value);
  }

  /** Names the objectives for people and dashboards. */
  async setMetricNames(names: readonly string[]): Promise<void> {
    if (!Array.isArray(names) || names.length !== this.directions.length) {
      throw new InvalidParameterError(
        `Metric names ${JSON.stringify(names)} were given for ${this.directions.length} objectives; give an array of one each.`,
      );
    }
    await this.setSystemAttribute(METRIC_NAMES_KEY, names);
  }

  /** Names of the objectives, or null when none were given. */
  async metricNames(): Promise<readonly string[] | null> {
    const names = (await this.systemAttributes())[METRIC_NAMES_KEY];
    return Array.isArray(names) ? (names as readonly string[]) : null;
  }

  async #decide(trial: FrozenTrial): Promise<PruningDecision> {
    const direction = this.#onlyDirection('shouldPrune', 'do not ask it there');
    await this.#history.refresh();
    return this.#pruner.decide({ studyName: this.name, direction, trial, trials: this.#history.trials });
  }

  #onlyDirection(method: string, remedy: string): Direction {
    const [direction, second] = this.directions;
    if (direction && !second) return direction;
    throw new UnsupportedError(
      `${method} needs one objective; study '${this.name}' has ${this.directions.length}: ${remedy}.`,
    );
  }

  #context(trial: FrozenTrial): SamplingContext {
    return { study: this.#info, history: this.#history, trial };
  }

  async #current(number: number): Promise<FrozenTrial> {
    if (!this.#history.trials[number]) await this.#history.refresh();
    const known = this.#history.trials[number];
    if (!known) throw new TrialNotFoundError(`Study '${this.name}' has no trial ${number}.`);
    return this.storage.getTrial(known.id);
  }
}
