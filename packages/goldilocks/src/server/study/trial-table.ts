// A study's trials as the server keeps them: read once each, with the revision at which each changed last.
import { randomBytes } from 'node:crypto';
import { type FrozenTrial, isFinished, type Storage } from '@goldilocks/study';

/** How a trial is shown, from how it is stored. */
export type ShownAs = (trial: FrozenTrial) => FrozenTrial;

export class TrialTable {
  readonly #storage: Storage;
  readonly #studyId: number;
  /** Tells revisions of this table from those of a server before. */
  readonly #origin = randomBytes(6).toString('hex');
  readonly trials: FrozenTrial[] = [];
  readonly #changedAt: number[] = [];
  readonly #signatures = new Map<number, string>();
  #unfinished: number[] = [];
  #lastId = 0;
  #count = 0;
  #wholeSince = 0;
  #shownAs: ShownAs = (trial) => trial;
  #refreshing: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, studyId: number) {
    this.#storage = storage;
    this.#studyId = studyId;
  }

  get revision(): string {
    return `${this.#origin}-${this.#count}`;
  }

  /** Takes in what the storage holds now; overlapping calls follow one another. */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(() => this.#read());
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<void> {
    const found = await this.#storage.getTrials(this.#studyId, { newerThan: this.#lastId, also: this.#unfinished });
    const changed = found.filter((trial) => this.#isChanged(trial));
    this.#unfinished = found.filter(({ state }) => !isFinished(state)).map(({ id }) => id);
    if (changed.length === 0) return;
    this.#count++;
    for (const trial of changed) {
      this.trials[trial.number] = this.#shownAs(trial);
      this.#changedAt[trial.number] = this.#count;
      this.#lastId = Math.max(this.#lastId, trial.id);
    }
  }

  #isChanged(trial: FrozenTrial): boolean {
    if (trial.id > this.#lastId && isFinished(trial.state)) return true;
    const { state, params, values, intermediateValues, userAttributes } = trial;
    const signature = JSON.stringify([state, params, values, [...intermediateValues], userAttributes]);
    const isChanged = this.#signatures.get(trial.number) !== signature;
    if (isFinished(state)) this.#signatures.delete(trial.number);
    else this.#signatures.set(trial.number, signature);
    return isChanged;
  }

  /** Shows trials in another way from now on; all of them count as changed. */
  showAs(shownAs: ShownAs): void {
    this.#shownAs = shownAs;
    this.trials.length = 0;
    this.#changedAt.length = 0;
    this.#signatures.clear();
    this.#unfinished = [];
    this.#lastId = 0;
    this.#wholeSince = ++this.#count;
  }

  /** Counts trials as changed for what is kept of them elsewhere. */
  touch(numbers: Iterable<number>): void {
    this.#count++;
    for (const number of numbers) if (this.trials[number] !== undefined) this.#changedAt[number] = this.#count;
  }

  /** Trials changed since a revision; all of them where it is not one of this table's. */
  since(revision: string | undefined): { whole: boolean; trials: readonly FrozenTrial[] } {
    const [origin, count] = revision?.split('-') ?? [];
    const seen = origin === this.#origin ? Number(count) : Number.NaN;
    const isKnown = seen >= this.#wholeSince && seen <= this.#count;
    if (!isKnown) return { whole: true, trials: this.trials };
    return { whole: false, trials: this.trials.filter((_, number) => this.#changedAt[number]! > seen) };
  }
}
