/** A study's trials, read from the storage once each: finished ones never change, so only the others are read again. */

import type { History } from '../samplers/sampler.js';
import type { Storage, TrialFilter } from '../storages/storage.js';
import { type FrozenTrial, isFinished } from '../trial/frozen-trial.js';

/** Whoever waits for the call itself is told of its end. */
const ignore = () => undefined;

export class TrialHistory implements History {
  readonly #storage: Storage;
  readonly #studyId: number;
  readonly trials: FrozenTrial[] = [];
  readonly finished: FrozenTrial[] = [];
  unfinished: readonly FrozenTrial[] = [];
  #lastId = 0;
  #refreshing: Promise<void> = Promise.resolve();

  constructor(storage: Storage, studyId: number) {
    this.#storage = storage;
    this.#studyId = studyId;
  }

  /** Takes in what the storage holds now. Overlapping calls follow one another. */
  refresh(): Promise<void> {
    const next = this.#refreshing.then(() => this.#read());
    this.#refreshing = next.catch(ignore);
    return next;
  }

  /** Starts a trial; `isRead` says whether what the storage holds then came with it, and was taken in. */
  start(): Promise<{ readonly trial: FrozenTrial; readonly isRead: boolean }> {
    const next = this.#refreshing.then(() => this.#start());
    this.#refreshing = next.then(ignore, ignore);
    return next;
  }

  async #start() {
    if (!this.#storage.startAndRead) return { trial: await this.#storage.startTrial(this.#studyId), isRead: false };
    const { trial, trials } = await this.#storage.startAndRead(this.#studyId, this.#filter);
    if (trials) this.#take(trials);
    return { trial, isRead: trials !== undefined };
  }

  async #read(): Promise<void> {
    this.#take(await this.#storage.getTrials(this.#studyId, this.#filter));
  }

  get #filter(): TrialFilter {
    return { newerThan: this.#lastId, also: this.unfinished.map((trial) => trial.id) };
  }

  #take(changed: readonly FrozenTrial[]): void {
    const unfinished: FrozenTrial[] = [];
    for (const trial of changed) {
      this.trials[trial.number] = trial;
      this.#lastId = Math.max(this.#lastId, trial.id);
      if (isFinished(trial.state)) this.finished.push(trial);
      else unfinished.push(trial);
    }
    this.unfinished = unfinished;
  }
}
