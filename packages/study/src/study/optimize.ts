/** The loop that runs an objective over trials, several at a time. */

import type { SearchSpace } from '../distributions/distribution.js';
import { InvalidOptionError, InvalidValuesError, TrialNotRunningError } from '../errors.js';
import { type FrozenTrial, isFinished } from '../trial/frozen-trial.js';
import type { Trial } from '../trial/trial.js';
import { failureOf } from './failure.js';
import { type Heartbeat, type HeartbeatOptions, keepAlive, recoverLostTrials } from './heartbeat.js';
import type { Study } from './study.js';
import type { ToldValues } from './told-values.js';

/** Thrown by an objective to end its trial as pruned. */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';
}

/** Returns the value (or values) of a trial. The signal aborts when the whole optimisation is to end. */
export type Objective = (trial: Trial, signal: AbortSignal) => ToldValues | Promise<ToldValues>;
export type Callback = (study: Study, trial: FrozenTrial) => void | Promise<void>;

export interface OptimizeOptions {
  /** Trials to run in this call. Default: no limit. */
  readonly trials?: number;
  /** Start no trial after so many milliseconds. Default: no limit. */
  readonly timeoutMs?: number;
  /** Trials to run at a time. Default 1. */
  readonly concurrency?: number;
  /** Ends the optimisation; running objectives are given the same signal. */
  readonly signal?: AbortSignal;
  /** Called after each trial has ended, one after the other. */
  readonly callbacks?: readonly Callback[];
  /** Parameters to set before the objective is called. */
  readonly space?: SearchSpace;
  /** Whether an error of the objective is a failed trial only, after which the search goes on. Default: none is. */
  readonly catch?: (error: unknown) => boolean;
  /**
   * Gives signs of life while a trial runs, and before each trial takes up those that other workers lost. Their settings
   * are the next trials asked for. Default: neither.
   */
  readonly heartbeat?: HeartbeatOptions;
}

/** See `Study.optimize`. */
export async function optimize(
  study: Study,
  objective: Objective,
  options: OptimizeOptions,
  isStopped: () => boolean,
): Promise<void> {
  const { trials = Number.POSITIVE_INFINITY, concurrency = 1, callbacks = [] } = options;
  if (typeof objective !== 'function') {
    throw new InvalidOptionError(`optimize: the objective is ${String(objective)}; give a function of a trial.`);
  }
  if (!(typeof trials === 'number' && trials >= 0)) {
    throw new InvalidOptionError(`optimize: trials is ${JSON.stringify(trials)}; give a number ≥ 0.`);
  }
  if (options.timeoutMs !== undefined && !(options.timeoutMs >= 0)) {
    throw new InvalidOptionError(`optimize: timeoutMs is ${options.timeoutMs}; give a number ≥ 0, or leave it out.`);
  }
  if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new InvalidOptionError(`optimize: concurrency is ${concurrency}; give an integer ≥ 1.`);
  }
  const deadline = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  // One worker's error ends the others, too, and their objectives.
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  let started = 0;
  let calling: Promise<void> = Promise.resolve();
  const goesOn = () => !signal.aborted && !isStopped() && started < trials && performance.now() < deadline;

  const work = async () => {
    while (goesOn()) {
      started++;
      const frozen = await runTrial(study, objective, options, signal);
      const turn = calling.then(async () => {
        for (const callback of callbacks) await callback(study, frozen);
      });
      calling = turn.catch(() => undefined);
      await turn;
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, trials) }, () =>
    work().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  options.signal?.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}

async function runTrial(
  study: Study,
  objective: Objective,
  options: OptimizeOptions,
  signal: AbortSignal,
): Promise<FrozenTrial> {
  if (options.heartbeat) await recoverLostTrials(study, options.heartbeat);
  const trial = options.space ? await study.ask(options.space) : await study.ask();
  let heartbeat: Heartbeat | undefined;
  try {
    heartbeat = options.heartbeat && (await keepAlive(study, trial, options.heartbeat));
    const end = heartbeat ? AbortSignal.any([signal, heartbeat.lost]) : signal;
    return await study.tell(trial, await objective(trial as Trial, end));
  } catch (error) {
    const isPruned = error instanceof TrialPruned;
    const now = await study.storage.getTrial(trial.id);
    // Someone took this worker for lost and ended its trial: the result does not count, the worker goes on.
    const isLost = error instanceof TrialNotRunningError || heartbeat?.lost.aborted;
    if ((isPruned || isLost) && isFinished(now.state)) return now;
    if (isPruned) return study.tell(trial, null, { state: 'PRUNED' });
    // Values that do not fit the study, too, must not leave the trial running for ever.
    const ended = await study.tell(trial, null, { state: 'FAIL', failure: failureOf(error) });
    if (!(error instanceof InvalidValuesError) && options.catch?.(error)) return ended;
    throw error;
  } finally {
    heartbeat?.stop();
  }
}
