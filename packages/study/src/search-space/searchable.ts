/** The parameters of a space that leave something to choose. */

import type { SearchSpace } from '../distributions/distribution.js';
import { isSingle } from '../distributions/representation.js';

/** Sorted by name, so that the order in which a space is written does not matter. */
export function searchable(space: SearchSpace): SearchSpace {
  const entries = Object.entries(space).filter(([, distribution]) => !isSingle(distribution));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
