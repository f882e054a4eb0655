// Repeats the best few and the recommended settings with other seeds, the same for all, so that luck does not win.
import { type FrozenTrial, Confirmation as Judge, SEED_KEY, type Verdict } from '@goldilocks/study';
import type { TrainingSettings } from '@goldilocks/trainer';
import type { Clock } from '../search/clock.js';
import { runTrial, type TrialSetting } from '../search/run-trial.js';
import { rungShares } from '../search/rungs.js';
import { checkpointFolder, updateRecord } from '../search/trial-files.js';
import type { ConfirmRun } from './confirm-run.js';
import { type Decision, decisionOf } from './decide.js';

export interface Confirmation {
  /** None where there was no time to repeat anything. */
  seeds: number[];
  runs: ConfirmRun[];
  decision: Decision;
}

export interface ConfirmOptions extends TrialSetting {
  /** Those of the search, of which 0 has the recommended settings. */
  trials: readonly FrozenTrial[];
  /** Numbers of the trials that did better than it, the best first; the model of the search chooses among all. */
  better: readonly number[];
  settingsOfTrial(trial: number): TrainingSettings;
  folderOf(trial: number, seed: number): string;
  /** Seeds to repeat with, in their order. */
  seeds: readonly number[];
  /** Runs to make in all; default as many as time allows. */
  runs?: number;
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

/** At most so many trials are repeated beside the recommended settings. */
const mostCandidates = 3;
/** How much longer than the time left the first comparison may be predicted to take: without one the search is wasted. */
const patience = 1.3;

/**
 * Runs what the study's confirmation asks for, while there is time for it: on one seed after another the recommended settings,
 * then those that may still beat them. Its verdict decides, also where there was time for no run.
 * Throws the signal's reason when it is raised.
 */
export async function confirm(options: ConfirmOptions): Promise<Confirmation> {
  const runs = [...options.done];
  const judge = judgeOf(options, runs);
  for (;;) {
    options.signal?.throwIfAborted();
    const now = [...options.trials, ...asTrials(options.trials, runs)];
    const next = judge.next(now);
    const verdict = judge.verdict(now);
    if (next === null || !hasTime(options, next.of, verdict, runs)) {
      return { seeds: comparedSeeds(runs), runs, decision: decisionOf(verdict, runs) };
    }
    runs.push(await runOnce(options, next.of, next.seed as number));
    await options.onRun(runs);
  }
}

function judgeOf(options: ConfirmOptions, runs: readonly ConfirmRun[]): Judge {
  const { trials, seeds } = options;
  const candidates = affordable(options, runs);
  const losses = ({ number }: FrozenTrial) => runs[number - firstNumber(trials)]?.perExample;
  return new Judge(trials, {
    seeds,
    candidates,
    runs: options.runs ?? seeds.length * (1 + candidates),
    losses,
    shares: rungShares,
  });
}

/** Runs as the study's confirmation sees them: trials with the parameters of those that they repeat, and a seed. */
function asTrials(trials: readonly FrozenTrial[], runs: readonly ConfirmRun[]): FrozenTrial[] {
  const first = firstNumber(trials);
  return runs.map(({ trial, seed, value }, i) => ({
    ...trials.find(({ number }) => number === trial)!,
    number: first + i,
    state: value === null ? 'FAIL' : 'COMPLETE',
    values: value === null ? null : [value],
    intermediateValues: new Map(),
    userAttributes: { [SEED_KEY]: seed },
  }));
}

function firstNumber(trials: readonly FrozenTrial[]): number {
  return 1 + Math.max(...trials.map(({ number }) => number));
}

/** Of how many candidates there is time for a run, and for one of the recommended settings; at least one. */
function affordable(options: ConfirmOptions, done: readonly ConfirmRun[]): number {
  const begun = new Set(done.map(({ trial }) => trial).filter((trial) => trial !== 0)).size;
  let count = 1;
  while (count < mostCandidates && fits(options, [0, ...options.better.slice(0, count + 1)])) count++;
  return Math.max(count, begun);
}

/** For the recommended settings there must be time for a rival after them, too. */
function hasTime(
  options: ConfirmOptions,
  trial: number,
  { candidates }: Verdict,
  runs: readonly ConfirmRun[],
): boolean {
  const isFirst = comparedSeeds(runs).length === 0;
  return fits(options, trial === 0 ? [0, candidates[0]!.trial.number] : [trial], isFirst ? patience : 1);
}

function fits(options: ConfirmOptions, trials: readonly number[], most = 1): boolean {
  if (options.endsAt === undefined) return true;
  const seconds = trials.reduce((sum, trial) => sum + options.predict(trial), 0);
  return seconds <= most * (options.endsAt - options.clock.elapsed);
}

/** Seeds on which anything was run beside the recommended settings. */
function comparedSeeds(runs: readonly ConfirmRun[]): number[] {
  return [...new Set(runs.filter(({ trial }) => trial !== 0).map(({ seed }) => seed))];
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
