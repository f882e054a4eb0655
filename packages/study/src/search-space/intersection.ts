/** The parameters that every finished trial had, with the same distribution each time. */

import { type Distribution, type SearchSpace, sameDistribution } from '../distributions/distribution.js';
import { own } from '../json.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';

/** Follows a growing list of trials; only complete and pruned ones count. */
export class IntersectionSearchSpace {
  #space: Map<string, Distribution> | null = null;
  #sorted: SearchSpace | null = null;
  #read = 0;

  /** Takes in the trials added to the list since the last call; returns the space sorted by name. */
  update(finished: readonly FrozenTrial[]): SearchSpace {
    for (; this.#read < finished.length; this.#read++) {
      const trial = finished[this.#read]!;
      if (trial.state === 'COMPLETE' || trial.state === 'PRUNED') this.#intersect(trial.distributions);
    }
    this.#sorted ??= Object.fromEntries([...(this.#space ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
    return this.#sorted;
  }

  #intersect(distributions: SearchSpace): void {
    if (!this.#space) {
      this.#space = new Map(Object.entries(distributions));
      this.#sorted = null;
      return;
    }
    for (const [name, distribution] of this.#space) {
      const other = own(distributions, name);
      if (other && sameDistribution(distribution, other)) continue;
      this.#space.delete(name);
      this.#sorted = null;
    }
  }
}

/** The intersection over a fixed list of trials. */
export function intersectionSearchSpace(trials: readonly FrozenTrial[]): SearchSpace {
  return new IntersectionSearchSpace().update(trials);
}
