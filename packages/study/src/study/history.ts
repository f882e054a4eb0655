/** A study's trials, read from the storage once each: finished ones never change, so only the others are read again. */

import type { History } from '../samplers/sampler.js';
import type { Storage } from '../storages/storage.js';
import { type FrozenTrial, isFinished } from '../trial/frozen-trial.js';

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
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  async #read(): Promise<void> {
    const also = this.unfinished.map((trial) => trial.id);
    const changed = await this.#storage.getTrials(this.#studyId, { newerThan: this.#lastId, also });
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
