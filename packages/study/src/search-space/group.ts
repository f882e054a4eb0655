/** The parameters split into groups that always appear together, for conditional search spaces. */

import type { Distribution, SearchSpace } from '../distributions/distribution.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';

/** Follows a growing list of trials; only complete and pruned ones count. Groups are disjoint. */
export class GroupedSearchSpace {
  #groups: Map<string, Distribution>[] = [];
  #read = 0;

  /** Takes in the trials added to the list since the last call; returns the groups, names sorted within each. */
  update(finished: readonly FrozenTrial[]): readonly SearchSpace[] {
    for (; this.#read < finished.length; this.#read++) {
      const trial = finished[this.#read]!;
      if (trial.state === 'COMPLETE' || trial.state === 'PRUNED') this.#split(trial.distributions);
    }
    return this.#groups.map((group) => Object.fromEntries([...group].sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  #split(distributions: SearchSpace): void {
    const rest = new Map(Object.entries(distributions));
    const next: Map<string, Distribution>[] = [];
    for (const group of this.#groups) {
      const entries = [...group];
      next.push(new Map(entries.filter(([name]) => rest.has(name))));
      next.push(new Map(entries.filter(([name]) => !rest.has(name))));
      for (const name of group.keys()) rest.delete(name);
    }
    next.push(rest);
    this.#groups = next.filter((group) => group.size > 0);
  }
}
