// The loop: asks the study for settings, runs the command with them, and knows when to end.
import { type FrozenTrial, isFinished, type Study, type Trial, TrialPruned } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { Interrupted } from '../journey/interrupted.js';
import { quote } from '../journey/report/command.js';
import { Clock } from '../search/clock.js';
import type { StateFolder } from '../state/folder.js';
import { Aftermath } from './aftermath.js';
import { planCommand } from './command/plan-command.js';
import type { TrialFacts } from './command/surroundings.js';
import { Devices } from './devices.js';
import { countedTrials, hasStagnated, isForgiven, isTimeForAnother } from './ending.js';
import type { OptimizeEvent } from './events.js';
import type { CommandFailure } from './failure.js';
import type { Launcher } from './launcher.js';
import { heartbeat, recoverLost } from './lost-trials.js';
import { defaultSeed, type OptimizeControl, searchBudget } from './options.js';
import { type OptimizeRecord, saveRecord } from './record.js';
import { runTrial, TrialEnd, type TrialOutcome, type TrialSetting } from './run-trial.js';
import type { SearchSteering, Steered } from './search-steering.js';
import { suggestAll, wholeSpace } from './space/search-space.js';

export interface SearchParts extends Pick<OptimizeControl, 'signal' | 'onEvent'> {
  readonly study: Study;
  readonly state: StateFolder;
  readonly record: OptimizeRecord;
  readonly launcher: Launcher;
  /** Makes what obeys commands to this search; undefined where several processes share the study. */
  steer?(steered: Steered): SearchSteering;
}

/** A trial that gave no value; its name is the kind, so that the study keeps `out-of-memory: …` as the reason. */
class TrialFailed extends Error {
  override readonly name: string;

  constructor(readonly failure: CommandFailure) {
    super(failure.message);
    this.name = failure.kind;
  }
}

/** How the trial that was lost is told from others: the study's key. */
const HISTORY_KEY = 'retry_history';

export class Search {
  readonly #parts: SearchParts;
  readonly #setting: TrialSetting;
  readonly #devices: Devices;
  readonly #clock: Clock;
  readonly #steering: SearchSteering | undefined;
  readonly #deadline = new AbortController();
  readonly #outcomes = new Map<number, TrialOutcome>();
  readonly #emit: (event: OptimizeEvent) => void;
  readonly #aftermath: Aftermath;
  #record: OptimizeRecord;
  #isOver = false;
  #isRoundOver = false;

  constructor(parts: SearchParts) {
    const { record, launcher, onEvent = () => undefined } = parts;
    const { settings, workingDirectory } = record;
    const { devices = [], trialMinutes, graceSeconds = 10, space } = settings;
    this.#parts = parts;
    this.#record = record;
    this.#emit = onEvent;
    this.#aftermath = new Aftermath({ ...parts, onEvent, resumeCommand: this.#resumeCommand });
    this.#devices = new Devices(devices);
    this.#clock = new Clock(record.spentSeconds);
    const command = planCommand(settings.command, space, settings);
    const { objectives = [], constraints = [], step, metrics: source = { from: 'output' } } = space;
    this.#setting = {
      ...{ launcher, command, workingDirectory, source, onEvent },
      watched: { objectives, constraints, step },
      graceMs: graceSeconds * 1000,
      timeoutMs: trialMinutes === undefined ? undefined : trialMinutes * 60_000,
    };
    this.#steering = parts.steer?.(this.#steered(command.space.parameters));
  }

  #steered(parameters: Steered['parameters']): Steered {
    return {
      parameters,
      budget: () => searchBudget(this.#record.settings),
      setBudget: (budget, id) => this.#setBudget(budget, id),
      pauseStarting: () => this.#endRound(),
      told: ({ id, kind, state, sentence }) => this.#emit({ type: 'command', id, kind, state, sentence }),
    };
  }

  /** As it stands now. */
  get record(): OptimizeRecord {
    return this.#record;
  }

  /** Throws Interrupted when the signal was raised, UserError when the command keeps failing or cannot start. */
  async run(): Promise<void> {
    const { study, signal } = this.#parts;
    await recoverLost(study, this.#record.storage !== undefined);
    this.#emit(await this.#startedEvent());
    if (!(await this.#isAnotherWanted())) return this.#finish();
    const unwatch = this.#steering?.watch();
    try {
      while (!this.#isOver) await this.#round(study);
    } catch (error) {
      if (signal?.aborted && !(error instanceof UserError)) throw this.#interrupted();
      throw error;
    } finally {
      unwatch?.();
      await this.#save();
    }
    if (signal?.aborted) throw this.#interrupted();
    await this.#finish();
  }

  /** Until the search is over, or something that it needs was changed by a person. */
  async #round(study: Study): Promise<void> {
    const { signal } = this.#parts;
    this.#isRoundOver = false;
    this.#clock.hold();
    await this.#steering?.ready(signal);
    this.#clock.release();
    signal?.throwIfAborted();
    if (this.#steering?.isStopped || !(await this.#isAnotherWanted())) return this.#end();
    const unwatch = this.#watchDeadline();
    try {
      await study.optimize((trial, signal) => this.#runTrial(trial, signal), {
        trials: Math.max(1, this.#limit - countedTrials(await study.trials())),
        concurrency: this.#concurrency,
        signal,
        space: wholeSpace(this.#parameters),
        heartbeat,
        catch: (error) => error instanceof TrialFailed,
        callbacks: [(_, trial) => this.#afterTrial(trial)],
      });
    } finally {
      unwatch();
    }
  }

  /** What is searched now. */
  get #parameters(): Steered['parameters'] {
    return this.#steering?.parameters ?? this.#setting.command.space.parameters;
  }

  get #limit(): number {
    return searchBudget(this.#record.settings).trials ?? Infinity;
  }

  /** Seconds. */
  get #left(): number {
    const { minutes } = this.#record.settings;
    return minutes === undefined ? Infinity : Math.max(0, 60 * minutes - this.#clock.elapsed);
  }

  async #setBudget(budget: { minutes?: number; trials?: number }, id: string): Promise<void> {
    const { extensions = [], settings } = this.#record;
    if (extensions.includes(id)) return;
    await this.#save({ settings: { ...settings, ...budget }, extensions: [...extensions, id] });
    // The deadline and the number of trials are those of the round.
    this.#endRound();
  }

  get #concurrency(): number {
    const { concurrency, devices = [] } = this.#record.settings;
    return concurrency ?? Math.max(1, devices.length);
  }

  async #runTrial(trial: Trial, signal: AbortSignal): Promise<readonly number[]> {
    await suggestAll(trial, this.#parameters);
    const device = this.#devices.take();
    const started: OptimizeEvent = { type: 'trial-started', trial: trial.number, params: trial.params };
    this.#emit(device === undefined ? started : { ...started, device });
    const attended = this.#steering?.attend(trial.number);
    try {
      const end = AbortSignal.any([signal, this.#deadline.signal, ...(attended ? [attended.signal] : [])]);
      const outcome = await runTrial(this.#setting, trial, this.#facts(trial, device), end);
      this.#outcomes.set(trial.number, outcome);
      if (outcome.state === 'COMPLETE') return outcome.values;
      if (outcome.state === 'PRUNED') throw new TrialPruned(outcome.reason);
      throw new TrialFailed(outcome.failure);
    } finally {
      attended?.leave();
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
    await this.#aftermath.settle(trial, outcome, () => this.#save());
    if (!(await this.#isAnotherWanted())) this.#end();
    // What was commanded while the round was still being prepared stopped nothing then.
    if (this.#isRoundOver) this.#parts.study.stop();
  }

  async #isAnotherWanted(): Promise<boolean> {
    const trials = await this.#parts.study.trials();
    const { patience } = this.#record.settings;
    return (
      countedTrials(trials) < this.#limit &&
      isTimeForAnother(trials, this.#left) &&
      !(patience !== undefined && hasStagnated(trials, this.#parts.study.directions, patience))
    );
  }

  #endRound(): void {
    this.#isRoundOver = true;
    this.#parts.study.stop();
  }

  #end(): void {
    this.#isOver = true;
    this.#parts.study.stop();
  }

  /** Of the round: a person may give more time, and a new round begins. @returns what ends the watch */
  #watchDeadline(): () => void {
    if (this.#left === Infinity) return () => undefined;
    let timer: NodeJS.Timeout;
    // A timer holds at most 2^31 ms, about 24 days, and may fire a moment early.
    const wait = () => {
      timer = setTimeout(expire, Math.min(Math.ceil(this.#left * 1000), 2 ** 31 - 1));
    };
    const expire = () => {
      if (this.#left > 0) return wait();
      this.#end();
      this.#deadline.abort(new TrialEnd('budget'));
    };
    wait();
    return () => clearTimeout(timer);
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
      note: record.settings.space.note,
      budgetSeconds: minutes === undefined ? null : minutes * 60,
      budgetTrials: this.#limit === Infinity ? null : this.#limit,
      trialsBefore: trials.filter((trial) => isFinished(trial.state) && !isForgiven(trial)).length,
      spentSeconds: record.spentSeconds,
    };
  }

  async #save(changes: Partial<OptimizeRecord> = {}): Promise<void> {
    const { state } = this.#parts;
    this.#record = { ...this.#record, spentSeconds: Math.round(this.#clock.elapsed * 10) / 10, ...changes };
    await saveRecord(state.study(this.#record.study), this.#record);
  }

  async #finish(): Promise<void> {
    await this.#save({ finished: true });
    this.#emit({ type: 'study-finished', seconds: this.#clock.elapsed });
  }

  #interrupted(): Interrupted {
    this.#emit({ type: 'interrupted', resumeCommand: this.#resumeCommand });
    return new Interrupted(this.#record.study, this.#resumeCommand);
  }

  get #resumeCommand(): string {
    return `goldilocks resume ${quote(this.#record.study)}`;
  }
}
