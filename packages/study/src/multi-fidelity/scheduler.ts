/**
 * Multi-fidelity search over a study: trials run to a share of their own schedule, wait there with their checkpoint, and go
 * on when a rule promotes them. Nothing is computed twice; what is known is in the storage alone.
 */

import type { SearchSpace } from '../distributions/distribution.js';
import { InvalidOptionError, UnsupportedError } from '../errors.js';
import type { Study } from '../study/study.js';
import type { Attributes, FrozenTrial, Params } from '../trial/frozen-trial.js';
import { ClaimKeeper } from './claims.js';
import { type CostFunction, learnCost } from './cost-model.js';
import { CurveRule } from './curves/curve-rule.js';
import {
  isWorking,
  type PausableTrial,
  pausableTrials,
  readPausable,
  SECONDS_KEY,
  STANDING_KEY,
  standingOf,
  storedStanding,
} from './pausable-trial.js';
import type { NextStep, PromotionRule, Situation } from './promotion-rule.js';
import { checkShares, DEFAULT_SHARES, sharesUpTo, stepOfShare } from './shares.js';

export interface SchedulerOptions {
  readonly space: SearchSpace;
  /** Where trials may pause: rising shares of their schedule, the last 1. Default 1/9, 1/3, 1. */
  readonly shares?: readonly number[];
  /** Default: `CurveRule`, with a random seed. */
  readonly rule?: PromotionRule;
  /** Trials to start in this study. Default: no limit. */
  readonly trials?: number;
  /** What the whole study may cost, in the unit of `cost`, or in seconds. Default: no limit. */
  readonly budget?: number;
  /** What may still be spent, for a clock of one's own: in place of `budget`. */
  readonly left?: () => number;
  /** Predicted cost of a setting between two shares. Default: learnt from the seconds of the trials so far. */
  readonly cost?: CostFunction;
  /** Whether trial 0 is brought to its end before others begin, as what they are compared with. Default true. */
  readonly firstToEnd?: boolean;
  /** Whether no other worker is at this study: what was cut off is taken up at once. Default false. */
  readonly alone?: boolean;
  /** Silence after which a worker is taken for lost, and its trial goes on elsewhere. Default two minutes. */
  readonly graceMs?: number;
}

/** A piece of work: train this trial from one share of its schedule to another. */
export interface Task {
  readonly trial: FrozenTrial;
  readonly params: Params;
  readonly from: number;
  readonly to: number;
  /** Aborts when others have taken this worker for lost: the trial is theirs now. */
  readonly lost: AbortSignal;
}

export interface Reached {
  /** The objective at the share the task names, or NaN where the trial diverged. */
  readonly value: number;
  /** Its values at shares passed on the way. */
  readonly onTheWay?: ReadonlyMap<number, number>;
  /** What the piece took. */
  readonly seconds?: number;
  /** Whether the run ended before its schedule did, as by early stopping: the value is then its last. */
  readonly ended?: boolean;
}

export class MultiFidelityScheduler {
  readonly #study: Study;
  readonly #options: SchedulerOptions;
  readonly #shares: readonly number[];
  readonly #rule: PromotionRule;
  readonly #claims: ClaimKeeper;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws InvalidOptionError, UnsupportedError for several objectives */
  constructor(study: Study, options: SchedulerOptions) {
    if (study.directions.length !== 1) {
      throw new UnsupportedError(
        `Trials are promoted by one objective; study '${study.name}' has ${study.directions.length}.`,
      );
    }
    const { trials = Number.POSITIVE_INFINITY, budget = Number.POSITIVE_INFINITY, graceMs = 120_000 } = options;
    if (!(trials >= 0 && budget >= 0 && graceMs > 0)) {
      throw new InvalidOptionError(
        `MultiFidelityScheduler: trials ${trials} and budget ${budget} must be ≥ 0, graceMs ${graceMs} > 0.`,
      );
    }
    this.#study = study;
    this.#options = { ...options, trials, budget };
    this.#shares = checkShares(options.shares ?? DEFAULT_SHARES);
    this.#rule = options.rule ?? new CurveRule();
    this.#claims = new ClaimKeeper(study.storage, graceMs, options.alone ?? false);
  }

  /**
   * The next piece of work, claimed for this worker, or null when there is none: the search is over, or waits for what
   * other workers are at. Every task is ended by `reach`, `fail` or `release`.
   */
  next(): Promise<Task | null> {
    // One at a time, so that each decision knows of the one before.
    const next = this.#turn.then(() => this.#next());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #next(): Promise<Task | null> {
    for (;;) {
      const frozen = await this.#study.trials();
      if (await this.#settle(frozen)) continue;
      const trials = pausableTrials(frozen, this.#shares);
      const orphan = trials.find((trial) => this.#isOrphan(trial));
      if (orphan) {
        const task = await this.#claim(orphan, this.#targetOf(orphan));
        if (task) return task;
        continue;
      }
      const step = this.#rule.next(this.#situation(frozen, trials));
      if (!step) return null;
      const task = step.type === 'new' ? await this.#start(step.params) : await this.#continue(trials, step);
      if (task) return task;
    }
  }

  /** Ends trials whose end was measured but not told. Whether there were any. */
  async #settle(frozen: readonly FrozenTrial[]): Promise<boolean> {
    const top = stepOfShare(1);
    const measured = frozen.filter(
      ({ state, intermediateValues }) => state === 'RUNNING' && intermediateValues.has(top),
    );
    for (const trial of measured) await this.#study.tell(trial, trial.intermediateValues.get(top)!);
    return measured.length > 0;
  }

  /** Trials that nobody is at although they were to go on: cut off, never begun, or the first one on its way. */
  #isOrphan(trial: PausableTrial): boolean {
    if (trial.state === 'working') return this.#claims.isLost(trial.frozen);
    if (trial.state !== 'paused') return false;
    return trial.values.length === 0 || (trial.number === 0 && this.#isFirstToEnd);
  }

  get #isFirstToEnd(): boolean {
    return this.#options.firstToEnd ?? true;
  }

  #targetOf(trial: PausableTrial): number {
    const standing = standingOf(trial.frozen);
    if (isWorking(standing)) return standing.to;
    return trial.number === 0 && this.#isFirstToEnd ? 1 : this.#shares[trial.values.length]!;
  }

  #situation(frozen: readonly FrozenTrial[], trials: readonly PausableTrial[]): Situation {
    const { space, budget, trials: most } = this.#options;
    const cost = this.#options.cost ?? learnCost(trials, space) ?? (() => 0);
    const spent = trials.reduce((sum, trial) => sum + this.#spent(trial, cost), 0);
    const started = frozen.filter(({ state }) => state !== 'WAITING').length;
    return {
      direction: this.#study.directions[0]!,
      space,
      shares: this.#shares,
      trials,
      waiting: frozen.length - started,
      mayStart: started < most!,
      cost,
      spent,
      left: this.#options.left?.() ?? budget! - spent,
    };
  }

  /** What a trial has cost, and will where a worker is at it. */
  #spent(trial: PausableTrial, cost: CostFunction): number {
    const standing = standingOf(trial.frozen);
    const to = trial.state === 'working' && isWorking(standing) ? standing.to : trial.share;
    if (this.#options.cost) return cost(trial.params, 0, to);
    return trial.seconds + (to > trial.share ? cost(trial.params, trial.share, to) : 0);
  }

  /** A trial that was enqueued comes first. */
  async #start(params: Params | undefined): Promise<Task | null> {
    const isEnqueued = (await this.#study.trials()).some(({ state }) => state === 'WAITING');
    if (params && !isEnqueued) {
      const frozen = await this.#study.addTrial({
        state: 'RUNNING',
        params,
        distributions: this.#options.space,
        startedAt: new Date(),
      });
      return this.#claim(readPausable(frozen, this.#shares), this.#shares[0]!);
    }
    const asked = await this.#study.ask(this.#options.space);
    const trial = readPausable(await this.#study.storage.getTrial(asked.id), this.#shares);
    return this.#claim(trial, this.#targetOf(trial));
  }

  #continue(trials: readonly PausableTrial[], step: Extract<NextStep, { type: 'continue' }>): Promise<Task | null> {
    return this.#claim(trials.find(({ number }) => number === step.trial)!, step.to);
  }

  /** Null when another worker was quicker. */
  async #claim(trial: PausableTrial, to: number): Promise<Task | null> {
    const lost = await this.#claims.claim(trial.frozen, to);
    return lost && { trial: trial.frozen, params: trial.params, from: trial.share, to, lost };
  }

  /** Notes what a task came to: the trial pauses there, or is complete. */
  async reach(task: Task, { value, seconds, onTheWay, ended }: Reached): Promise<FrozenTrial> {
    const { id } = task.trial;
    if (Number.isNaN(value)) return this.fail(task, 'diverged: its value is not a number');
    const top = ended ? 1 : task.to;
    const intermediateValues = new Map<number, number>();
    for (const [share, passed] of onTheWay ?? []) intermediateValues.set(stepOfShare(share), passed);
    // A run that is over has its value at all shares to come.
    const first = sharesUpTo(this.#shares, stepOfShare(task.to)) - 1;
    for (const share of this.#shares.slice(first)) if (share <= top) intermediateValues.set(stepOfShare(share), value);
    const userAttributes: Attributes =
      seconds === undefined ? {} : { [SECONDS_KEY]: (await this.#secondsOf(id)) + seconds };
    const systemAttributes = { [STANDING_KEY]: storedStanding({ paused: top }) };
    this.#claims.drop(id);
    await this.#study.storage.writeTrial(id, { intermediateValues, userAttributes, systemAttributes });
    return top === 1 ? this.#study.tell(task.trial, value) : this.#study.storage.getTrial(id);
  }

  /** Ends a task's trial as failed: it crashed or diverged. */
  async fail(task: Task, failure: string): Promise<FrozenTrial> {
    this.#claims.drop(task.trial.id);
    return this.#study.tell(task.trial, null, { state: 'FAIL', failure });
  }

  /** Gives a task back that was interrupted; the trial's checkpoint is where the next worker goes on. */
  async release(task: Task, { seconds = 0 }: { readonly seconds?: number } = {}): Promise<void> {
    const { id } = task.trial;
    if (seconds > 0) {
      await this.#study.storage.writeTrial(id, {
        userAttributes: { [SECONDS_KEY]: (await this.#secondsOf(id)) + seconds },
      });
    }
    await this.#claims.release(id);
  }

  async #secondsOf(id: number): Promise<number> {
    return readPausable(await this.#study.storage.getTrial(id), this.#shares).seconds;
  }

  /** Ends the search: what is still paused is pruned, its values stay. Returns the trials pruned. */
  async finish(): Promise<FrozenTrial[]> {
    const trials = pausableTrials(await this.#study.trials(), this.#shares);
    const paused = trials.filter(({ state }) => state === 'paused');
    return Promise.all(paused.map(({ number }) => this.#study.tell(number, null, { state: 'PRUNED' })));
  }

  /**
   * Works until nothing is left to do.
   * @param advance trains a task's trial to its share, going on from the checkpoint of the share before
   * @throws what `advance` throws; the task is released then. The signal's reason when it aborts
   */
  async run(
    advance: (task: Task, signal: AbortSignal) => Promise<Reached>,
    options: { readonly concurrency?: number; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { concurrency = 1, signal } = options;
    let changed: Promise<unknown>[] = [];
    const work = async (): Promise<void> => {
      for (;;) {
        signal?.throwIfAborted();
        const task = await this.next();
        if (!task) {
          // What is at work here may open more once it is done.
          if (changed.length === 0) return;
          await Promise.race(changed);
          continue;
        }
        const piece = this.#carryOut(task, advance, signal);
        const settled = piece.catch(() => undefined);
        changed = [...changed, settled];
        try {
          await piece;
        } finally {
          changed = changed.filter((other) => other !== settled);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  }

  async #carryOut(
    task: Task,
    advance: (task: Task, signal: AbortSignal) => Promise<Reached>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await this.reach(task, await advance(task, signal ? AbortSignal.any([signal, task.lost]) : task.lost));
    } catch (error) {
      if (task.lost.aborted) return;
      await this.release(task);
      throw error;
    }
  }
}
