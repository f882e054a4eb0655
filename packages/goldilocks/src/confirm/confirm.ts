// Repeats the best few and the recommended settings with other seeds, the same for all, so that luck does not win.
import type { Failure } from '@goldilocks/protocol';
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Clock } from '../search/clock.js';
import { runTrial, type TrialSetting } from '../search/run-trial.js';
import { checkpointFolder, updateRecord } from '../search/trial-files.js';
import { type Decision, decide } from './decide.js';

/** One run of a confirmation. */
export interface ConfirmRun {
  trial: number;
  seed: number;
  folder: string;
  /** The objective, smaller is better; null where the run failed. */
  value: number | null;
  loss: number | null;
  /** The objective's part of each validation example. */
  perExample: number[];
  failure?: { kind: Failure['kind'] | 'diverged'; reason: string };
}

export interface Confirmation {
  /** None where there was no time to repeat anything. */
  seeds: number[];
  runs: ConfirmRun[];
  decision: Decision;
}

export interface ConfirmOptions extends TrialSetting {
  /** Numbers of the trials to repeat, the best first, without trial 0. */
  candidates: readonly number[];
  settingsOfTrial(trial: number): TrainingSettings;
  folderOf(trial: number, seed: number): string;
  /** Seeds to repeat with, in their order. */
  seeds: readonly number[];
  /** Predicted seconds of a run of a trial's settings. */
  predict(trial: number): number;
  clock: Clock;
  /** The clock's seconds at which the confirmation should be over. */
  endsAt?: number;
  /** Runs of an earlier sitting. */
  done: readonly ConfirmRun[];
  /** Called after each run, to be saved. */
  onRun(runs: readonly ConfirmRun[]): Promise<void>;
  signal?: AbortSignal;
}

/**
 * Runs one seed after another, each with the recommended settings first and then every candidate, while time allows
 * for whole rounds; candidates that time does not allow for even once are left out from the worst on, and where there
 * is no time for one comparison there are no runs. Throws the signal's reason when it is raised.
 */
export async function confirm(options: ConfirmOptions): Promise<Confirmation> {
  const runs = [...options.done];
  const candidates = affordable(options, runs);
  const contenders = [0, ...candidates];
  const seeds: number[] = [];
  for (const seed of options.seeds) {
    const open = contenders.filter((trial) => !runs.some((run) => run.trial === trial && run.seed === seed));
    // One comparison is worth a little more than the time that was left for it; none at all would waste the search.
    const patience = seeds.length === 0 ? firstRoundPatience : 1;
    if (open.length > 0 && !fits(options, open, patience)) break;
    for (const trial of open) {
      options.signal?.throwIfAborted();
      runs.push(await runOnce(options, trial, seed));
      await options.onRun(runs);
    }
    seeds.push(seed);
  }
  return { seeds, runs, decision: decide(runs, candidates) };
}

/** How much longer than the time left the first round may be predicted to take. */
const firstRoundPatience = 1.3;

/** As many candidates as one round has time for; always the best one, and those already begun. */
function affordable(options: ConfirmOptions, done: readonly ConfirmRun[]): number[] {
  const kept: number[] = [];
  for (const trial of options.candidates) {
    const isBegun = done.some((run) => run.trial === trial);
    if (kept.length > 0 && !isBegun && !fits(options, [0, ...kept, trial])) break;
    kept.push(trial);
  }
  return kept;
}

function fits(options: ConfirmOptions, trials: readonly number[], patience = 1): boolean {
  if (options.endsAt === undefined) return true;
  const seconds = trials.reduce((sum, trial) => sum + options.predict(trial), 0);
  return seconds <= patience * (options.endsAt - options.clock.elapsed);
}

async function runOnce(options: ConfirmOptions, trial: number, seed: number): Promise<ConfirmRun> {
  const settings = { ...options.settingsOfTrial(trial), seed };
  const folder = options.folderOf(trial, seed);
  const began = options.clock.elapsed;
  const outcome = await runTrial(options, {
    number: trial,
    purpose: 'confirm',
    settings,
    checkpointDirectory: checkpointFolder(folder),
    stopAtShare: 1,
    signal: options.signal,
  });
  const run = { trial, seed, folder };
  if (outcome.type === 'interrupted') {
    await updateRecord(folder, { curve: outcome.curve });
    options.signal?.throwIfAborted();
  }
  if (outcome.type !== 'reached') {
    const failure = outcome.type === 'failed' ? { kind: outcome.kind, reason: outcome.reason } : undefined;
    if (failure !== undefined)
      options.emit({ type: 'trial-failed', trial, kind: failure.kind, message: failure.reason });
    return { ...run, value: null, loss: null, perExample: [], failure };
  }
  const { best, value, perExample, summary, curve } = outcome;
  await updateRecord(folder, { curve, history: summary.history, best });
  options.emit({ type: 'trial-finished', trial, value, seconds: options.clock.elapsed - began });
  return { ...run, value, loss: best.loss, perExample };
}
