// Obeys the commands that a person gives to a search over a command's flags.
import type { ParameterSpec, ParamValue } from '@goldilocks/protocol';
import type { CommandOutcome, CommandRecord, SteeringCommand } from '@goldilocks/protocol/page';
import { type Distribution, isFinished, type JsonValue, type Storage } from '@goldilocks/study';
import { UserError } from '../errors.js';
import { CommandQueue, type Obedient } from '../steer/command-queue.js';
import { budgetSentence, extended } from '../steer/extend-budget.js';
import { plainUnits, type Range, rangedDistribution, rangeSentence, wishedParams } from '../steer/ranges.js';
import { addWishedTrial } from '../steer/wished-trial.js';
import { TrialEnd } from './run-trial.js';
import { distributionOf, recommendedParams } from './space/search-space.js';

type Parameters = Readonly<Record<string, ParameterSpec>>;
type Of<Kind extends SteeringCommand['kind']> = Extract<SteeringCommand, { kind: Kind }>;

/** What the commands act on. */
export interface Steered {
  readonly parameters: Parameters;
  budget(): { readonly minutes?: number | undefined; readonly trials?: number | undefined };
  /** Once for each id. */
  setBudget(budget: { minutes?: number; trials?: number }, id: string): Promise<void>;
  /** Starts no further trial until it is asked again what to do; what runs comes to its end. */
  pauseStarting(): void;
  told(outcome: { id: string; kind: string } & Omit<CommandOutcome, 'at'>): void;
}

/** How often new commands are looked for. */
const lookMs = 300;

export class SearchSteering {
  readonly #place: { storage: Storage; studyId: number };
  readonly #steered: Steered;
  readonly #queue: CommandQueue;
  readonly #running = new Map<number, AbortController>();
  readonly #ranges = new Map<string, { spec: ParameterSpec; allowed?: readonly ParamValue[] }>();
  #isPaused = false;
  isStopped = false;

  constructor(place: { storage: Storage; studyId: number }, steered: Steered) {
    this.#place = place;
    this.#steered = steered;
    const obedient: Obedient = {
      restore: (command) => this.#restore(command),
      obey: (record) => this.#obey(record),
      told: (outcome) => steered.told(outcome),
    };
    this.#queue = new CommandQueue(place, obedient);
  }

  /** Looks for commands from now on, until the returned function is called. */
  watch(): () => void {
    const timer = setInterval(() => void this.#queue.look().catch(() => undefined), lookMs); // tried again at the next look
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Takes up what was commanded since; resolves when the search may go on, at once when the signal is raised. */
  async ready(signal?: AbortSignal): Promise<void> {
    await this.#queue.look();
    while (this.#isPaused && !this.isStopped && !signal?.aborted) {
      await new Promise((done) => setTimeout(done, lookMs));
      await this.#queue.look();
    }
  }

  /** What is searched now. */
  get parameters(): Parameters {
    const { parameters } = this.#steered;
    return Object.fromEntries(
      Object.entries(parameters).map(([name, spec]) => [name, this.#ranges.get(name)?.spec ?? spec]),
    );
  }

  /** The choices that are left of a parameter's; undefined for all of them. */
  allowed(name: string): readonly JsonValue[] | undefined {
    return this.#ranges.get(name)?.allowed;
  }

  /** A trial runs until the returned function is called; the signal's reason is a TrialEnd. */
  attend(trial: number): { signal: AbortSignal; leave: () => void } {
    const controller = new AbortController();
    this.#running.set(trial, controller);
    return { signal: controller.signal, leave: () => this.#running.delete(trial) };
  }

  #restore(command: SteeringCommand): void {
    if (command.kind === 'pause') this.#isPaused = true;
    else if (command.kind === 'resume') this.#isPaused = false;
    else if (command.kind === 'range') this.#setRange(command);
  }

  async #obey({ id, command }: CommandRecord): Promise<string> {
    switch (command.kind) {
      case 'pause':
        return this.#pause();
      case 'resume':
        return this.#resume();
      case 'stop':
        return this.#stop();
      case 'stop-trial':
        return this.#stopTrial(command);
      case 'enqueue':
        return this.#enqueue(command, id);
      case 'range':
        this.#setRange(command);
        this.#steered.pauseStarting();
        return rangeSentence(command);
      case 'extend': {
        const budget = extended(this.#steered.budget(), command);
        await this.#steered.setBudget(budget, id);
        return budgetSentence(this.#steered.budget());
      }
      case 'mark':
      case 'note':
        return 'Noted.';
    }
  }

  #pause(): string {
    this.#isPaused = true;
    this.#steered.pauseStarting();
    return 'Paused: what runs comes to its end, and nothing else is started. The budget waits, too.';
  }

  #resume(): string {
    if (!this.#isPaused) return 'It was not paused.';
    this.#isPaused = false;
    return 'It goes on.';
  }

  #stop(): string {
    this.isStopped = true;
    this.#isPaused = false;
    this.#steered.pauseStarting();
    for (const controller of this.#running.values()) controller.abort(new TrialEnd('stopped'));
    return 'The search ends here; the best so far is kept.';
  }

  async #stopTrial({ trial: number }: Of<'stop-trial'>): Promise<string> {
    const trial = (await this.#trials())[number];
    if (trial !== undefined && isFinished(trial.state)) throw new UserError(`Trial ${number} has ended already.`);
    const controller = this.#running.get(number);
    if (controller === undefined) throw new UserError(`Trial ${number} does not run now.`);
    controller.abort(new TrialEnd('stopped'));
    return `Trial ${number} is stopped.`;
  }

  async #enqueue({ params }: Of<'enqueue'>, id: string): Promise<string> {
    const { parameters } = this.#steered;
    const wished = wishedParams(this.#space, params, recommendedParams(parameters) ?? {}, plainUnits);
    await addWishedTrial(this.#place, { id, params: wished, trials: await this.#trials() });
    const budget = this.#steered.budget();
    if (budget.trials === undefined) return 'These values are tried next.';
    await this.#steered.setBudget(extended(budget, { kind: 'extend', trials: 1 }), id);
    return 'These values are tried next, on top of the planned trials.';
  }

  /** @throws UserError for a range that holds nothing, and for what is not searched */
  #setRange(range: Range): void {
    const { parameters } = this.#steered;
    const { distribution, allowed } = rangedDistribution(this.#space, range, plainUnits);
    const spec = parameters[range.name]!;
    if (distribution.type === 'categorical' || spec.type === 'categorical') {
      this.#ranges.set(range.name, { spec, ...(allowed && { allowed }) });
      return;
    }
    const { low, high } = distribution;
    const { recommended, ...rest } = spec;
    const isInside = recommended !== undefined && recommended >= low && recommended <= high;
    this.#ranges.set(range.name, { spec: { ...rest, ...(isInside && { recommended }), low, high } });
  }

  /** As it was planned. */
  get #space(): Record<string, Distribution> {
    const { parameters } = this.#steered;
    return Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [name, distributionOf(spec)]));
  }

  #trials() {
    return this.#place.storage.getTrials(this.#place.studyId);
  }
}
