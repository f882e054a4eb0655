/** Parameters that a running trial will still set, kept where other processes, Optuna's too, look for them. */

import { formatJson, type JsonValue, parseJson } from '../json.js';
import type { Attributes, FrozenTrial, Params } from '../trial/frozen-trial.js';
import type { History } from './sampler.js';

/** A trial still running, with the parameters it has or will have. */
export interface RunningTrial {
  readonly number: number;
  readonly params: Params;
}

/** Attributes hold texts of limited length in some databases. */
const PIECE = 2045;

/** @param key the sampler's own, as Optuna calls it */
export function pendingAttributes(key: string, params: Params): Attributes {
  const text = formatJson(params);
  const pieces: Record<string, JsonValue> = {};
  for (let i = 0; i * PIECE < text.length; i++) pieces[`${key}:${i}`] = text.slice(i * PIECE, (i + 1) * PIECE);
  return pieces;
}

/** The running trials of a study but one, by number. */
export function runningTrials(history: History, except: number, key: string): RunningTrial[] {
  return history.unfinished
    .filter((trial) => trial.state === 'RUNNING' && trial.number !== except)
    .map((trial) => ({ number: trial.number, params: { ...readPending(trial, key), ...trial.params } }));
}

function readPending({ systemAttributes }: FrozenTrial, key: string): Params {
  let text = '';
  for (let i = 0; typeof systemAttributes[`${key}:${i}`] === 'string'; i++) text += systemAttributes[`${key}:${i}`];
  if (text === '') return {};
  try {
    return parseJson(text) as Params;
  } catch {
    // Another process is still writing the pieces; what it has set so far is in the trial's own parameters.
    return {};
  }
}
