/** Never prunes. */

import type { Pruner, PruningDecision } from './pruner.js';

export class NonePruner implements Pruner {
  decide(): PruningDecision {
    return { prune: false };
  }
}
