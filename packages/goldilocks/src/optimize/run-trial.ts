// One trial: starts its command, listens to it, stops it where that is wanted, and says how it ended.

import type { MetricsSource } from '@goldilocks/protocol';
import type { Trial } from '@goldilocks/study';
import { stripControl } from '../terminal/strip-control.js';
import type { PlannedCommand } from './command/plan-command.js';
import { placeholderValues, type TrialFacts, trialEnvironment } from './command/surroundings.js';
import { fill, fillAll } from './command/template.js';
import type { OptimizeEvent } from './events.js';
import { type CommandFailure, failureOfExit, LastWords } from './failure.js';
import type { CommandExit, Launch, Launcher, RunningCommand } from './launcher.js';
import { MetricLog, type Watched } from './metrics/metric-log.js';
import type { MetricRecord } from './metrics/record.js';
import { type OpenSource, openSource } from './metrics/source.js';
import { Reporter } from './reporter.js';
import { makeTrialFolder, paramsFileName, writeTrialResult } from './trial-folder.js';

export interface TrialSetting {
  readonly launcher: Launcher;
  readonly command: PlannedCommand;
  readonly workingDirectory: string;
  readonly watched: Watched;
  readonly source: MetricsSource;
  /** Between asking a command to end and ending it. */
  readonly graceMs: number;
  /** For one trial. */
  readonly timeoutMs?: number;
  onEvent(event: OptimizeEvent): void;
}

/** Aborts of this kind end a trial in the way they name; any other abort interrupts it. */
export class TrialEnd extends Error {
  override readonly name = 'TrialEnd';

  constructor(readonly kind: 'pruned' | 'stopped' | 'budget' | 'timeout' | 'interrupted') {
    super(kind);
  }
}

export type TrialOutcome =
  | { readonly state: 'COMPLETE'; readonly values: readonly number[] }
  | { readonly state: 'PRUNED'; readonly reason: string }
  | { readonly state: 'FAIL'; readonly failure: CommandFailure };

/** How often files are looked at. */
const POLL_MS = 500;

/**
 * @param signal its reason may be a TrialEnd
 * @throws LaunchError where the command cannot start; what the storage or the disk throws
 */
export async function runTrial(
  setting: TrialSetting,
  trial: Trial,
  facts: TrialFacts,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const run = new TrialRun(setting, trial, facts);
  return run.run(signal);
}

class TrialRun {
  readonly #setting: TrialSetting;
  readonly #trial: Trial;
  readonly #facts: TrialFacts;
  readonly #log: MetricLog;
  readonly #words = new LastWords();
  readonly #source: OpenSource;
  readonly #reporter: Reporter;
  readonly #startedAt = performance.now();
  #command: RunningCommand | undefined;
  #end: TrialEnd | undefined;
  #error: unknown;
  #unreadable: string | undefined;

  constructor(setting: TrialSetting, trial: Trial, facts: TrialFacts) {
    this.#setting = setting;
    this.#trial = trial;
    this.#facts = facts;
    this.#log = new MetricLog(setting.watched);
    const values = placeholderValues(facts);
    this.#source = openSource(setting.source, setting.workingDirectory, (path) => fill(path, values) ?? path);
    this.#reporter = new Reporter(trial, {
      prunes: setting.watched.objectives.length === 1,
      onPrune: () => this.#stop(new TrialEnd('pruned')),
      onError: (error) => {
        this.#error = error;
        this.#stop(new TrialEnd('interrupted'));
      },
    });
  }

  async run(signal: AbortSignal): Promise<TrialOutcome> {
    signal.throwIfAborted();
    const launch = this.#launch();
    const { argv, env } = launch;
    await makeTrialFolder(this.#facts.directory, { argv, env });
    this.#command = await this.#setting.launcher.start(launch);
    const { timeoutMs } = this.#setting;
    const timeout =
      timeoutMs === undefined ? undefined : setTimeout(() => this.#stop(new TrialEnd('timeout')), timeoutMs);
    const onAbort = () => this.#stop(signal.reason instanceof TrialEnd ? signal.reason : new TrialEnd('interrupted'));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    const exit = await this.#listen(this.#command);
    clearTimeout(timeout);
    signal.removeEventListener('abort', onAbort);
    if (this.#error !== undefined) throw this.#error;
    const outcome = this.#outcome(exit);
    await this.#setConstraints(outcome);
    await this.#keep(outcome, exit);
    return outcome;
  }

  /** Until the command has ended and all it reported is stored. */
  async #listen(command: RunningCommand): Promise<CommandExit> {
    let hasEnded = false;
    void command.exit.then(() => (hasEnded = true));
    for (let isLast = this.#source.file === undefined; !isLast; ) {
      isLast = hasEnded;
      await this.#poll();
      if (!isLast) await Promise.race([command.exit, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    }
    const exit = await command.exit;
    await this.#reporter.flush();
    return exit;
  }

  async #poll(): Promise<void> {
    try {
      for (const record of await this.#source.file!.poll()) this.#take(record);
    } catch (error) {
      this.#unreadable = `${this.#source.file!.place} cannot be read: ${(error as Error).message}`;
      this.#stop(new TrialEnd('interrupted'));
    }
  }

  #launch(): Launch {
    const { command, workingDirectory } = this.#setting;
    const { trial, params, directory, device } = this.#facts;
    const [program, ...args] = fillAll(command.argv, placeholderValues(this.#facts)) as [string, ...string[]];
    return {
      purpose: `trial ${trial}`,
      argv: [program, ...args],
      env: trialEnvironment(this.#facts),
      workingDirectory,
      trialDirectory: directory,
      files: [{ path: paramsFileName, content: `${JSON.stringify(params, null, 2)}\n` }],
      device,
      onLine: ({ text }) => this.#hear(text),
    };
  }

  #hear(text: string): void {
    this.#words.add(text);
    const record = this.#source.lines?.read(text.includes('\x1b') ? stripControl(text) : text) ?? null;
    if (record !== null) this.#take(record);
  }

  #take(record: MetricRecord): void {
    const found = this.#log.add(record);
    if (found === null) return;
    this.#setting.onEvent({ type: 'trial-value', trial: this.#trial.number, ...found });
    this.#reporter.add(found);
  }

  #stop(end: TrialEnd): void {
    this.#end ??= end;
    void this.#command?.stop(this.#setting.graceMs);
  }

  #outcome(exit: CommandExit): TrialOutcome {
    const last = this.#log.value({ ...this.#setting.watched.objectives[0]!, value: 'last' });
    if (this.#unreadable !== undefined) return fail('metric', this.#unreadable);
    switch (this.#end?.kind) {
      case 'pruned':
        return { state: 'PRUNED', reason: `${this.#lastText(last)}, worse than others by then` };
      case 'stopped':
        return { state: 'PRUNED', reason: `${this.#lastText(last)} when a person stopped it` };
      case 'budget':
        if (last !== undefined) return { state: 'PRUNED', reason: `${this.#lastText(last)} when the time was over` };
        return fail('interrupted', 'The time was over before it reported anything.');
      case 'timeout':
        return fail('timeout', `It took longer than ${this.#setting.timeoutMs! / 1000} s, the limit of a trial.`);
      case 'interrupted':
        return fail('interrupted', 'The search was stopped; it will be run again.');
    }
    const failure = failureOfExit(exit, this.#words);
    return failure === null ? this.#valuesOutcome() : { state: 'FAIL', failure };
  }

  #lastText(value: number | undefined): string {
    return `${this.#setting.watched.objectives[0]!.metric} ${value === undefined ? 'unknown' : Number(value.toPrecision(4))}`;
  }

  #valuesOutcome(): TrialOutcome {
    const { objectives, constraints } = this.#setting.watched;
    const values = objectives.map((objective) => this.#log.value(objective));
    const missing = objectives.find((_, i) => values[i] === undefined)?.metric;
    const unkept = constraints.find((constraint) => this.#log.excess(constraint) === undefined)?.metric;
    if (missing !== undefined) return fail('metric', this.#missingText(missing));
    if (unkept !== undefined) return fail('metric', this.#missingText(unkept));
    const nan = objectives.findIndex((_, i) => Number.isNaN(values[i]));
    if (nan >= 0) return fail('diverged', `${objectives[nan]!.metric} was not a number (NaN).`);
    return { state: 'COMPLETE', values: values as number[] };
  }

  #missingText(metric: string): string {
    const { names } = this.#log;
    const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
    const where = this.#source.file === undefined ? 'in its output' : `in ${this.#source.file.place}`;
    const found = names.length === 0 ? `No metrics were found ${where}` : `It reported ${shown} ${where}`;
    return `It ended well but never reported «${metric}». ${found}.`;
  }

  async #setConstraints({ state }: TrialOutcome): Promise<void> {
    if (state !== 'COMPLETE') return;
    for (const constraint of this.#setting.watched.constraints) {
      await this.#trial.setConstraint(constraint.metric, this.#log.excess(constraint)!);
    }
  }

  #keep(outcome: TrialOutcome, exit: CommandExit): Promise<void> {
    const { state } = outcome;
    const reason = state === 'PRUNED' ? outcome.reason : state === 'FAIL' ? outcome.failure.message : undefined;
    const values = state === 'COMPLETE' ? { values: outcome.values } : {};
    const seconds = Math.round(performance.now() - this.#startedAt) / 1000;
    const { trial, params, directory } = this.#facts;
    return writeTrialResult(directory, { trial, state, params, ...values, reason, exit, seconds });
  }
}

function fail(kind: CommandFailure['kind'], message: string): TrialOutcome {
  return { state: 'FAIL', failure: { kind, message } };
}
