// Obeys the commands that a person gives to a journey's search.
import type { JourneyEvent, ParamValue } from '@goldilocks/protocol';
import type { CommandRecord, SteeringCommand } from '@goldilocks/protocol/page';
import { type Distribution, isFinished, type JsonValue, type Storage } from '@goldilocks/study';
import { UserError } from '../errors.js';
import type { JourneyRecord } from '../journey/record.js';
import { paramsFromSettings } from '../plan/plan.js';
import type { Clock } from '../search/clock.js';
import { distributionsOf } from '../search/space.js';
import type { AttendedRun, Interruption, Steering } from '../search/steering.js';
import { CommandQueue, type Obedient } from './command-queue.js';
import { extendBudget } from './extend-budget.js';
import { rangedDistribution, rangeSentence, unitsOf, wishedParams } from './ranges.js';
import { addWishedTrial, isWished } from './wished-trial.js';

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

type Of<Kind extends SteeringCommand['kind']> = Extract<SteeringCommand, { kind: Kind }>;

export class StudySteering implements Steering {
  readonly #options: StudySteeringOptions;
  readonly #queue: CommandQueue;
  #isPaused = false;
  isStopped = false;
  hasWishes = false;
  readonly #ranges = new Map<string, { distribution: Distribution; allowed?: ParamValue[] }>();
  readonly #toEnd = new Map<number, string>();
  #run: Attended | undefined;
  #hasCountedWishes = false;

  constructor(options: StudySteeringOptions) {
    this.#options = options;
    const obedient: Obedient = {
      restore: (command) => this.#restore(command),
      obey: (record) => this.#do(record),
      told: (outcome) => options.emit({ type: 'command', ...outcome }),
    };
    this.#queue = new CommandQueue(options, obedient);
  }

  async ready(signal?: AbortSignal): Promise<void> {
    await this.#queue.look();
    await this.#countWishes();
    if (!this.#isPaused) return;
    const { clock } = this.#options;
    clock.hold();
    await this.#saveTime();
    while (this.#isPaused && !this.isStopped && !signal?.aborted) {
      await sleep(lookMs);
      await this.#queue.look();
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
    if (id !== undefined) await this.#queue.conclude(id, 'stop-trial', 'done', `Trial ${trial} was stopped.`);
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
    const timer = setInterval(() => void this.#queue.look().catch(() => undefined), lookMs); // tried again at the next look
    timer.unref();
    this.#run = attended;
    return attended;
  }

  /** What was obeyed in an earlier sitting holds on. */
  #restore(command: SteeringCommand): void {
    if (command.kind === 'pause') this.#isPaused = true;
    else if (command.kind === 'resume') this.#isPaused = false;
    else if (command.kind === 'stop') this.isStopped = true;
    else if (command.kind === 'range') this.#ranges.set(command.name, this.#ranged(command, true));
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
    const { record } = this.#options;
    const plan = record.plan!;
    const recommended = paramsFromSettings(plan, plan.settings);
    const wished = wishedParams(this.space(distributionsOf(plan.searchSpace)), params, recommended, unitsOf(plan));
    await addWishedTrial(this.#options, { id, params: wished, trials: await this.#trials() });
    this.hasWishes = true;
    // A trial that a person asks for comes on top of those that were planned.
    const extra = record.settings.budget?.trials === undefined ? '' : ', on top of the planned trials';
    if (extra !== '') await extendBudget(this.#options, { kind: 'extend', trials: 1 }, id);
    return `These values are tried next${extra}.`;
  }

  async #range(command: Of<'range'>): Promise<string> {
    const canGrow = (await this.#trials()).every(({ state }) => state === 'WAITING');
    this.#ranges.set(command.name, this.#ranged(command, canGrow));
    return rangeSentence(command);
  }

  #ranged(command: Of<'range'>, canGrow: boolean) {
    const plan = this.#options.record.plan!;
    return rangedDistribution(distributionsOf(plan.searchSpace), command, unitsOf(plan), canGrow);
  }

  #trials() {
    return this.#options.storage.getTrials(this.#options.studyId);
  }

  async #countWishes(): Promise<void> {
    if (!this.hasWishes && this.#hasCountedWishes) return;
    this.#hasCountedWishes = true;
    const trials = await this.#trials();
    this.hasWishes = trials.some((trial) => trial.state === 'WAITING' && isWished(trial));
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
