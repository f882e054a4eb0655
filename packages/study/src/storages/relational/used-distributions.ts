/** What a storage object remembers of the studies and trials that it writes to, so as not to ask the database again. */

import { checkCompatible, type Distribution } from '../../distributions/distribution.js';
import type { StoredParam } from '../storage.js';

/** Distributions that are known to be used in a study: a name keeps its kind, so they need not be asked for again. */
export class UsedDistributions {
  readonly #studies = new Map<number, Map<string, Distribution>>();

  isCompatible(studyId: number, name: string, distribution: Distribution): boolean {
    const used = this.#studies.get(studyId)?.get(name);
    if (!used) return false;
    try {
      checkCompatible(name, used, distribution);
      return true;
    } catch {
      // The database has the last word.
      return false;
    }
  }

  add(studyId: number, name: string, distribution: Distribution): void {
    const names = this.#studies.get(studyId) ?? new Map<string, Distribution>();
    names.set(name, distribution);
    this.#studies.set(studyId, names);
  }

  forget(studyId: number): void {
    this.#studies.delete(studyId);
  }

  /** Whether all may be used in the study, as far as is known here. */
  areCompatible(studyId: number, params: ReadonlyMap<string, StoredParam>): boolean {
    for (const [name, { distribution }] of params) if (!this.isCompatible(studyId, name, distribution)) return false;
    return true;
  }
}
