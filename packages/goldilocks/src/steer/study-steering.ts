// Obeys the commands that a study's attributes hold: looks for new ones, acts, and writes down what came of each.
import type { JourneyEvent, ParamValue } from '@goldilocks/protocol';
import type { CommandOutcome, CommandRecord, SteeringCommand } from '@goldilocks/protocol/page';
import { type Distribution, isFinished, type JsonValue, type Storage } from '@goldilocks/study';
import { UserError } from '../errors.js';
import type { JourneyRecord } from '../journey/record.js';
import { paramsFromSettings } from '../plan/plan.js';
import type { Clock } from '../search/clock.js';
import { distributionsOf } from '../search/space.js';
import type { AttendedRun, Interruption, Steering } from '../search/steering.js';
import { readCommands, setOutcome } from './commands.js';
import { extendBudget } from './extend-budget.js';
import { nameOf, rangedDistribution, wishedParams } from './ranges.js';

export interface StudySteeringOptions {
  readonly storage: Storage;
  readonly studyId: number;
  readonly record: JourneyRecord;
  readonly clock: Clock;
  saveRecord(): Promise<void>;
  emit(event: JourneyEvent): void;
}

/** How often new commands are looked for while a trial runs, and while the search is paused. */
const lookMs = 300;

/** User attribute of a trial that a person asked for: the command's id. */
export const commandAttribute = 'goldilocks:command';

type Of<Kind extends SteeringCommand['kind']> = Extract<SteeringCommand, { kind: Kind }>;

export class StudySteering implements Steering {
  readonly #options: StudySteeringOptions;
  #isPaused = false;
  isStopped = false;
  hasWishes = false;
  readonly #ranges = new Map<string, { distribution: Distribution; allowed?: ParamValue[] }>();
  readonly #toEnd = new Map<number, string>();
  #run: Attended | undefined;
  #isLoaded = false;
  #hasCountedWishes = false;
  #looking: Promise<void> | undefined;

  constructor(options: StudySteeringOptions) {
    this.#options = options;
  }

  async ready(signal?: AbortSignal): Promise<void> {
    await this.#look();
    await this.#countWishes();
    if (!this.#isPaused) return;
    const { clock } = this.#options;
    clock.hold();
    await this.#saveTime();
    while (this.#isPaused && !this.isStopped && !signal?.aborted) {
      await sleep(lookMs);
      await this.#look();
    }
    clock.release();
    await this.#saveTime();
  }

  /** So that whoever watches knows what was spent when it was paused. */
  async #saveTime(): Promise<void> {
    const { clock, record, saveRecord } = this.#options;
    record.spentSeconds = clock.elapsed;
    await saveRecord();
  }

  space(planned: Readonly<Record<string, Distribution>>): Record<string, Distribution> {
    return Object.fromEntries(
      Object.entries(planned).map(([name, distribution]) => [
        name,
        this.#ranges.get(name)?.distribution ?? distribution,
      ]),
    );
  }

  allowed(name: string): readonly JsonValue[] | undefined {
    return this.#ranges.get(name)?.allowed;
  }

  trialsToEnd(): readonly number[] {
    return [...this.#toEnd.keys()];
  }

  async ended(trial: number): Promise<void> {
    const id = this.#toEnd.get(trial);
    this.#toEnd.delete(trial);
    if (id !== undefined) await this.#conclude(id, 'stop-trial', 'done', `Trial ${trial} was stopped.`);
  }

  attend(run: { number: number; purpose: string }): AttendedRun {
    const attended = new Attended(
      run,
      (signal) => this.ready(signal),
      () => {
        clearInterval(timer);
        if (this.#run === attended) this.#run = undefined;
      },
    );
    const timer = setInterval(() => void this.#look().catch(() => undefined), lookMs); // tried again at the next look
    timer.unref();
    this.#run = attended;
    return attended;
  }

  /** Callers at the same time share one look. */
  #look(): Promise<void> {
    this.#looking ??= this.#takeUp().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #takeUp(): Promise<void> {
    const { storage, studyId } = this.#options;
    const commands = readCommands((await storage.getStudy(studyId)).systemAttributes);
    if (!this.#isLoaded) for (const record of commands) this.#restore(record);
    this.#isLoaded = true;
    const waiting = new Set(this.#toEnd.values());
    for (const record of commands) {
      if (record.outcome === null && !waiting.has(record.id)) await this.#obey(record);
    }
  }

  /** What was obeyed in an earlier sitting holds on. */
  #restore({ command, outcome }: CommandRecord): void {
    if (outcome?.state !== 'done') return;
    if (command.kind === 'pause') this.#isPaused = true;
    else if (command.kind === 'resume') this.#isPaused = false;
    else if (command.kind === 'stop') this.isStopped = true;
    else if (command.kind === 'range') this.#ranges.set(command.name, this.#ranged(command));
  }

  async #obey(record: CommandRecord): Promise<void> {
    try {
      const sentence = await this.#do(record);
      if (sentence !== null) await this.#conclude(record.id, record.command.kind, 'done', sentence);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await this.#conclude(record.id, record.command.kind, 'refused', error.message);
    }
  }

  async #conclude(id: string, kind: string, state: CommandOutcome['state'], sentence: string): Promise<void> {
    const { storage, studyId, emit } = this.#options;
    await setOutcome(storage, studyId, id, { state, sentence });
    emit({ type: 'command', id, kind, state, sentence });
  }

  /** The sentence of what was done; null where that is still to come. */
  async #do({ id, command }: CommandRecord): Promise<string | null> {
    if (command.kind === 'pause') return this.#pause();
    if (command.kind === 'resume') return this.#resume();
    const { record } = this.#options;
    if (record.searched || record.plan === undefined) throw new UserError('The search is over; this comes too late.');
    if (command.kind === 'stop') return this.#stop();
    if (command.kind === 'stop-trial') return this.#stopTrial(command, id);
    if (command.kind === 'enqueue') return this.#enqueue(command, id);
    if (command.kind === 'range') return this.#range(command);
    if (command.kind === 'extend') return extendBudget(this.#options, command, id);
    return 'Noted.';
  }

  #pause(): string {
    this.#isPaused = true;
    this.#run?.interrupt('pause');
    return 'Paused; what runs was saved, and goes on from there. The budget waits, too.';
  }

  #resume(): string {
    if (!this.#isPaused) return 'It was not paused.';
    this.#isPaused = false;
    return 'It goes on.';
  }

  async #stop(): Promise<string> {
    this.isStopped = true;
    this.#isPaused = false;
    const [first] = await this.#trials();
    const isFirstRunning = first === undefined || !isFinished(first.state);
    if (this.#run?.number === 0 || isFirstRunning) {
      return 'The search ends as soon as the recommended settings are trained, which all else is compared with.';
    }
    this.#run?.interrupt('stop');
    return 'The search ends here; the best so far is kept, confirmed and tested.';
  }

  async #stopTrial({ trial: number }: Of<'stop-trial'>, id: string): Promise<null> {
    const trial = (await this.#trials())[number];
    if (number === 0) throw new UserError('Trial 0 has the recommended settings, which the search needs.');
    if (trial === undefined || trial.state === 'WAITING') throw new UserError(`Trial ${number} has not begun.`);
    if (isFinished(trial.state)) throw new UserError(`Trial ${number} has ended already.`);
    this.#toEnd.set(number, id);
    if (this.#run?.number === number) this.#run.interrupt('stop-trial');
    return null;
  }

  async #enqueue({ params }: Of<'enqueue'>, id: string): Promise<string> {
    const { storage, studyId, record } = this.#options;
    const plan = record.plan!;
    const recommended = paramsFromSettings(plan, plan.settings);
    const wished = wishedParams(distributionsOf(plan.searchSpace), params, recommended, plan);
    const known = (await this.#trials()).some(({ userAttributes }) => userAttributes[commandAttribute] === id);
    if (!known) {
      await storage.addTrial(studyId, {
        state: 'WAITING',
        userAttributes: { [commandAttribute]: id },
        systemAttributes: { fixed_params: wished },
      });
    }
    this.hasWishes = true;
    // A trial that a person asks for comes on top of those that were planned.
    const extra = record.settings.budget?.trials === undefined ? '' : ', on top of the planned trials';
    if (extra !== '') await extendBudget(this.#options, { kind: 'extend', trials: 1 }, id);
    return `These values are tried next${extra}.`;
  }

  #range(command: Of<'range'>): string {
    this.#ranges.set(command.name, this.#ranged(command));
    const { low, high, choices } = command;
    const now = choices === undefined ? `from ${low} to ${high}` : choices.map(String).join(', ');
    return `${nameOf(command.name)} is searched ${now} from the next trial on.`;
  }

  #ranged(command: Of<'range'>) {
    const plan = this.#options.record.plan!;
    return rangedDistribution(distributionsOf(plan.searchSpace), command, plan);
  }

  #trials() {
    return this.#options.storage.getTrials(this.#options.studyId);
  }

  async #countWishes(): Promise<void> {
    if (!this.hasWishes && this.#hasCountedWishes) return;
    this.#hasCountedWishes = true;
    const trials = await this.#trials();
    this.hasWishes = trials.some(
      ({ state, userAttributes }) => state === 'WAITING' && userAttributes[commandAttribute] !== undefined,
    );
  }
}

/** A run that commands can interrupt. */
class Attended implements AttendedRun {
  readonly number: number;
  #controller = new AbortController();
  interruption: Interruption | undefined;

  constructor(
    run: { number: number; purpose: string },
    private readonly wait: (signal?: AbortSignal) => Promise<void>,
    readonly leave: () => void,
  ) {
    this.number = run.number;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(by: Interruption): void {
    if (this.interruption === undefined || this.interruption === 'pause') this.interruption = by;
    this.#controller.abort();
  }

  async resumed(signal?: AbortSignal): Promise<void> {
    await this.wait(signal);
    if (this.interruption !== 'pause') return;
    this.interruption = undefined;
    this.#controller = new AbortController();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
