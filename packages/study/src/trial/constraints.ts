/** Constraint values of a trial: feasible when every one is ≤ 0. Kept as Optuna keeps them, in system attributes. */

import type { FrozenTrial } from './frozen-trial.js';

const LIST_KEY = 'constraints';
const PREFIX = 'constraints:';

/** The key of the system attribute that holds the named constraint. */
export function constraintKey(name: string): string {
  return PREFIX + name;
}

/** Constraint values by name; those of Optuna's older list form are named by their index. */
export function constraintsOf(trial: Pick<FrozenTrial, 'systemAttributes'>): Record<string, number> {
  const constraints: Record<string, number> = {};
  const list = trial.systemAttributes[LIST_KEY];
  if (Array.isArray(list))
    for (const [i, value] of list.entries()) if (typeof value === 'number') constraints[i] = value;
  for (const [key, value] of Object.entries(trial.systemAttributes)) {
    if (key.startsWith(PREFIX) && typeof value === 'number') constraints[key.slice(PREFIX.length)] = value;
  }
  return constraints;
}

/** Sum of the amounts by which constraints are exceeded; 0 for a feasible trial. */
export function violation(trial: Pick<FrozenTrial, 'systemAttributes'>): number {
  let total = 0;
  for (const key in trial.systemAttributes) {
    if (!key.startsWith(LIST_KEY)) continue;
    for (const value of Object.values(constraintsOf(trial))) total += Math.max(0, value);
    return total;
  }
  return total;
}
