/** Signs of life of running trials, and what becomes of those whose owner gave none for too long. */

import { InvalidOptionError, TrialNotRunningError } from '../errors.js';
import { freezeJson, type JsonObject, type JsonValue } from '../json.js';
import type { Storage } from '../storages/storage.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';
import { FIXED_PARAMS_KEY } from '../trial/trial.js';
import { FAILURE_KEY } from './failure.js';

export interface HeartbeatOptions {
  /** Between signs of life. Default one minute. */
  readonly intervalMs?: number;
  /** Without a sign for so long, a trial is taken for lost. Default twice the interval. */
  readonly graceMs?: number;
  /** How often the setting of a lost trial is tried again. Default 1. */
  readonly retries?: number;
}

/** Optuna's keys: the trial that was lost first, and all that were, up to the one before. */
const FIRST_KEY = 'failed_trial';
const HISTORY_KEY = 'retry_history';

interface StudyLike {
  readonly id: number;
  readonly storage: Storage;
}

export interface Heartbeat {
  /** Aborts when others have taken the trial for lost: its result will be refused. */
  readonly lost: AbortSignal;
  stop(): void;
}

/**
 * Gives signs of life for a trial until stopped; the first has been given when the promise resolves. A sign that the
 * storage cannot take is left out: the next one follows.
 */
export async function keepAlive(
  study: StudyLike,
  trial: Pick<FrozenTrial, 'id'>,
  options: HeartbeatOptions = {},
): Promise<Heartbeat> {
  const { intervalMs } = checked(options);
  const lost = new AbortController();
  await study.storage.recordHeartbeat(trial.id);
  const beat = () => {
    study.storage.recordHeartbeat(trial.id).catch((error: unknown) => {
      if (!(error instanceof TrialNotRunningError)) return;
      clearInterval(timer);
      lost.abort(error);
    });
  };
  const timer = setInterval(beat, intervalMs);
  // A process that has nothing else to do may end.
  timer.unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}

/**
 * Fails the trials whose owner gave signs of life and stopped, and enqueues their settings again, each as often as
 * `retries` allows. Returns the lost trials; of several callers one gets each.
 */
export async function recoverLostTrials(study: StudyLike, options: HeartbeatOptions = {}): Promise<FrozenTrial[]> {
  const { graceMs, retries } = checked(options);
  const systemAttributes = { [FAILURE_KEY]: 'its worker was lost: no sign of life for too long' };
  const lost = await study.storage.failStaleTrials(study.id, graceMs, { systemAttributes });
  for (const trial of lost) await retryTrial(study, trial, retries);
  return lost;
}

/**
 * Enqueues the setting of a failed trial again, its attributes too, unless it has been tried again `retries` times already.
 * Returns whether it was.
 */
export async function retryTrial(study: StudyLike, trial: FrozenTrial, retries = 1): Promise<boolean> {
  const before = trial.systemAttributes[HISTORY_KEY];
  const history: readonly JsonValue[] = Array.isArray(before) ? before : [];
  if (history.length >= retries) return false;
  const fixed = trial.systemAttributes[FIXED_PARAMS_KEY] as JsonObject | undefined;
  await study.storage.addTrial(study.id, {
    state: 'WAITING',
    userAttributes: trial.userAttributes,
    systemAttributes: {
      [FIXED_PARAMS_KEY]: freezeJson({ ...fixed, ...trial.params }),
      [FIRST_KEY]: trial.systemAttributes[FIRST_KEY] ?? trial.number,
      [HISTORY_KEY]: [...history, trial.number],
    },
  });
  return true;
}

function checked(options: HeartbeatOptions): Required<HeartbeatOptions> {
  const { intervalMs = 60_000, graceMs = 2 * intervalMs, retries = 1 } = options;
  if (!(intervalMs > 0 && retries >= 0) || Number.isNaN(graceMs)) {
    throw new InvalidOptionError(
      `Heartbeat: intervalMs ${intervalMs} must be > 0, graceMs ${graceMs} a number, retries ${retries} ≥ 0.`,
    );
  }
  return { intervalMs, graceMs, retries };
}
