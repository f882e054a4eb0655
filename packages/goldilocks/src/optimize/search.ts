// The loop: asks the study for settings, runs the command with them, and knows when to end.
import {
  bestOf,
  type FrozenTrial,
  isFinished,
  recoverLostTrials,
  retryTrial,
  type Study,
  type Trial,
  TrialPruned,
} from '@goldilocks/study';
import { UserError } from '../errors.js';
import { Interrupted } from '../journey/interrupted.js';
import { quote } from '../journey/report/command.js';
import type { StateFolder } from '../state/folder.js';
import { BudgetClock } from './clock.js';
import { planCommand } from './command/plan-command.js';
import type { TrialFacts } from './command/surroundings.js';
import { Devices } from './devices.js';
import { countedTrials, failsInARow, hasStagnated, isForgiven, isTimeForAnother } from './ending.js';
import type { OptimizeEvent } from './events.js';
import type { CommandFailure } from './failure.js';
import type { Launcher } from './launcher.js';
import { defaultSeed, defaultTrials, type OptimizeControl } from './options.js';
import { type OptimizeRecord, saveRecord } from './record.js';
import { runTrial, TrialEnd, type TrialOutcome, type TrialSetting } from './run-trial.js';
import { suggestAll, wholeSpace } from './space/search-space.js';

export interface SearchParts extends Pick<OptimizeControl, 'signal' | 'onEvent'> {
  readonly study: Study;
  readonly state: StateFolder;
  readonly record: OptimizeRecord;
  readonly launcher: Launcher;
}

/** A trial that gave no value; its name is the kind, so that the study keeps `out-of-memory: …` as the reason. */
class TrialFailed extends Error {
  override readonly name: string;

  constructor(readonly failure: CommandFailure) {
    super(failure.message);
    this.name = failure.kind;
  }
}

/** Signs of life, for studies that several machines share. */
const heartbeat = { intervalMs: 15_000, graceMs: 90_000, retries: 1 };

/** How the trial that was lost is told from others: the study's key. */
const HISTORY_KEY = 'retry_history';

export class Search {
  readonly #parts: SearchParts;
  readonly #setting: TrialSetting;
  readonly #devices: Devices;
  readonly #clock: BudgetClock;
  readonly #deadline = new AbortController();
  readonly #outcomes = new Map<number, TrialOutcome>();
  readonly #emit: (event: OptimizeEvent) => void;
  #record: OptimizeRecord;
  #isOver = false;
  #best: number | undefined;

  constructor(parts: SearchParts) {
    const { record, launcher, onEvent = () => undefined } = parts;
    const { settings, workingDirectory } = record;
    const { minutes, devices = [], trialMinutes, graceSeconds = 10, space } = settings;
    this.#parts = parts;
    this.#record = record;
    this.#emit = onEvent;
    this.#devices = new Devices(devices);
    this.#clock = new BudgetClock(record.spentSeconds, minutes === undefined ? undefined : minutes * 60);
    const command = planCommand(settings.command, space, settings);
    const { objectives = [], constraints = [], step, metrics: source = { from: 'output' } } = space;
    this.#setting = {
      ...{ launcher, command, workingDirectory, source, onEvent },
      watched: { objectives, constraints, step },
      graceMs: graceSeconds * 1000,
      timeoutMs: trialMinutes === undefined ? undefined : trialMinutes * 60_000,
    };
  }

  /** As it stands now. */
  get record(): OptimizeRecord {
    return this.#record;
  }

  /** Throws Interrupted when the signal was raised, UserError when the command keeps failing or cannot start. */
  async run(): Promise<void> {
    const { study, signal } = this.#parts;
    await this.#recoverLost();
    this.#emit(await this.#startedEvent());
    if (!(await this.#isAnotherWanted())) return this.#finish();
    const timer = this.#watchDeadline();
    try {
      while (!this.#isOver) await this.#round(study);
    } catch (error) {
      if (signal?.aborted && !(error instanceof UserError)) throw this.#interrupted();
      throw error;
    } finally {
      clearTimeout(timer);
      await this.#save();
    }
    if (signal?.aborted) throw this.#interrupted();
    await this.#finish();
  }

  async #round(study: Study): Promise<void> {
    const { parameters } = this.#setting.command.space;
    await study.optimize((trial, signal) => this.#runTrial(trial, signal), {
      trials: Math.max(1, this.#limit - countedTrials(await study.trials())),
      concurrency: this.#concurrency,
      signal: this.#parts.signal,
      space: wholeSpace(parameters),
      heartbeat,
      catch: (error) => error instanceof TrialFailed,
      callbacks: [(_, trial) => this.#afterTrial(trial)],
    });
  }

  get #limit(): number {
    const { trials, minutes } = this.#record.settings;
    return trials ?? (minutes === undefined ? defaultTrials : Infinity);
  }

  get #concurrency(): number {
    const { concurrency, devices = [] } = this.#record.settings;
    return concurrency ?? Math.max(1, devices.length);
  }

  async #runTrial(trial: Trial, signal: AbortSignal): Promise<readonly number[]> {
    await suggestAll(trial, this.#setting.command.space.parameters);
    const device = this.#devices.take();
    const started: OptimizeEvent = { type: 'trial-started', trial: trial.number, params: trial.params };
    this.#emit(device === undefined ? started : { ...started, device });
    try {
      const end = AbortSignal.any([signal, this.#deadline.signal]);
      const outcome = await runTrial(this.#setting, trial, this.#facts(trial, device), end);
      this.#outcomes.set(trial.number, outcome);
      if (outcome.state === 'COMPLETE') return outcome.values;
      if (outcome.state === 'PRUNED') throw new TrialPruned(outcome.reason);
      throw new TrialFailed(outcome.failure);
    } finally {
      this.#devices.giveBack(device);
    }
  }

  #facts(trial: Trial, device: string | undefined): TrialFacts {
    const { state, record } = this.#parts;
    const history = trial.systemAttributes[HISTORY_KEY];
    const previous = Array.isArray(history) ? (history.at(-1) as number | undefined) : undefined;
    return {
      study: record.study,
      trial: trial.number,
      params: trial.params,
      directory: state.trial(record.study, trial.number),
      ...(device !== undefined && { device }),
      seed: record.settings.seed ?? defaultSeed,
      ...(previous !== undefined && { previousDirectory: state.trial(record.study, previous) }),
    };
  }

  async #afterTrial(trial: FrozenTrial): Promise<void> {
    const outcome = this.#outcomes.get(trial.number);
    this.#outcomes.delete(trial.number);
    const isRetried = await this.#retry(trial, outcome);
    this.#tell(trial, outcome, isRetried);
    await this.#save();
    const trials = await this.#parts.study.trials();
    this.#tellBest(trials);
    this.#refuseHopeless(trials, trial, outcome);
    if (!(await this.#isAnotherWanted())) this.#end();
  }

  async #retry(trial: FrozenTrial, outcome: TrialOutcome | undefined): Promise<boolean> {
    if (outcome?.state !== 'FAIL') return false;
    const { study, record } = this.#parts;
    const { retries = 0 } = record.settings;
    switch (outcome.failure.kind) {
      case 'interrupted':
        return retryTrial(study, trial, Infinity);
      case 'lost':
        return retryTrial(study, trial, Math.max(1, retries));
      case 'error':
      case 'killed':
        return retryTrial(study, trial, retries);
      default:
        return false; // the same settings would end the same way
    }
  }

  #tell(trial: FrozenTrial, outcome: TrialOutcome | undefined, isRetried: boolean): void {
    const seconds = secondsOf(trial);
    const { number } = trial;
    if (trial.state === 'COMPLETE')
      this.#emit({ type: 'trial-finished', trial: number, values: trial.values!, seconds });
    if (outcome?.state === 'PRUNED')
      this.#emit({ type: 'trial-pruned', trial: number, seconds, reason: outcome.reason });
    if (outcome?.state === 'FAIL') this.#emit({ type: 'trial-failed', trial: number, ...outcome.failure, isRetried });
  }

  #tellBest(trials: readonly FrozenTrial[]): void {
    const { directions } = this.#parts.study;
    const best = directions.length === 1 ? bestOf(trials, directions[0]!) : undefined;
    if (best === undefined || best.number === this.#best) return;
    this.#best = best.number;
    this.#emit({ type: 'best', trial: best.number, value: best.values![0]!, params: best.params });
  }

  /** Ends the search where going on would only fail in the same way. */
  #refuseHopeless(trials: readonly FrozenTrial[], trial: FrozenTrial, outcome: TrialOutcome | undefined): void {
    if (outcome?.state !== 'FAIL') return;
    const { record, state } = this.#parts;
    const log = `Its output is in ${state.trial(record.study, trial.number)}.`;
    const hasReported = trials.some((other) => other.state === 'COMPLETE' || other.intermediateValues.size > 0);
    if (outcome.failure.kind === 'metric' && !hasReported) {
      throw new UserError(
        `Trial ${trial.number}: ${outcome.failure.message} Say with --metric what to improve, and with --metrics where it is. ${log}`,
      );
    }
    const { maxFailures = 3 } = record.settings;
    if (failsInARow(trials) < maxFailures) return;
    const first = maxFailures === 1 ? 'A trial failed' : `${maxFailures} trials in a row failed; the last`;
    throw new UserError(
      `${first}, trial ${trial.number} (${outcome.failure.kind}): ${outcome.failure.message} ${log} ` +
        `When it is mended, go on: ${this.#resumeCommand}`,
      { exitCode: 1 },
    );
  }

  async #isAnotherWanted(): Promise<boolean> {
    const trials = await this.#parts.study.trials();
    const { patience } = this.#record.settings;
    return (
      countedTrials(trials) < this.#limit &&
      isTimeForAnother(trials, this.#clock.left) &&
      !(patience !== undefined && hasStagnated(trials, this.#parts.study.directions, patience))
    );
  }

  #end(): void {
    this.#isOver = true;
    this.#parts.study.stop();
  }

  #watchDeadline(): NodeJS.Timeout | undefined {
    if (this.#clock.left === Infinity) return undefined;
    const expire = () => {
      this.#end();
      this.#deadline.abort(new TrialEnd('budget'));
    };
    // Timers hold at most 2^31 ms, about 24 days: nobody waits for longer in one sitting.
    return setTimeout(expire, Math.min(this.#clock.left * 1000, 2 ** 31 - 1));
  }

  /** What ran when an earlier sitting was killed, or another machine of the study was lost, is run again. */
  async #recoverLost(): Promise<void> {
    const { study, record } = this.#parts;
    if (record.storage !== undefined) return void (await recoverLostTrials(study, heartbeat));
    // The lock says that nobody else works on this study: whatever runs, runs no more.
    for (const trial of (await study.trials()).filter(({ state }) => state === 'RUNNING')) {
      const lost = await study.tell(trial, null, {
        state: 'FAIL',
        failure: 'lost: Goldilocks was ended while it ran.',
      });
      await retryTrial(study, lost, Infinity);
    }
  }

  async #startedEvent(): Promise<OptimizeEvent> {
    const { study, record } = this.#parts;
    const trials = await study.trials();
    const { minutes } = record.settings;
    return {
      type: 'study-started',
      study: record.study,
      program: record.settings.command.join(' '),
      metrics: this.#setting.watched.objectives.map(({ metric }) => metric),
      budgetSeconds: minutes === undefined ? null : minutes * 60,
      budgetTrials: this.#limit === Infinity ? null : this.#limit,
      trialsBefore: trials.filter((trial) => isFinished(trial.state) && !isForgiven(trial)).length,
      spentSeconds: record.spentSeconds,
    };
  }

  async #save(changes: Partial<OptimizeRecord> = {}): Promise<void> {
    const { state } = this.#parts;
    this.#record = { ...this.#record, spentSeconds: Math.round(this.#clock.spent * 10) / 10, ...changes };
    await saveRecord(state.study(this.#record.study), this.#record);
  }

  async #finish(): Promise<void> {
    await this.#save({ finished: true });
    this.#emit({ type: 'study-finished', seconds: this.#clock.spent });
  }

  #interrupted(): Interrupted {
    this.#emit({ type: 'interrupted', resumeCommand: this.#resumeCommand });
    return new Interrupted(this.#record.study, this.#resumeCommand);
  }

  get #resumeCommand(): string {
    return `goldilocks resume ${quote(this.#record.study)}`;
  }
}

function secondsOf({ startedAt, completedAt }: FrozenTrial): number {
  return startedAt && completedAt ? Math.max(0, completedAt.getTime() - startedAt.getTime()) / 1000 : 0;
}
