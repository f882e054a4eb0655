/** What trials that wait at different shares would come to at the end: so that they can be ranked together. */

import type { Direction } from '../trial/frozen-trial.js';

/** A trial with its values at the shares it has reached, the first first. */
export interface Projectable {
  readonly number: number;
  readonly state: string;
  readonly values: readonly (number | undefined)[];
}

/**
 * The value each trial is expected to end with, by number. From one share to the next a trial is expected to change as
 * the median of those that went there did. A failed trial gets the worst value of all (a diverged run says that its place
 * is bad); trials without any value are left out.
 * @param count how many shares there are
 */
export function projectValues(
  trials: readonly Projectable[],
  count: number,
  direction: Direction = 'minimize',
): Map<number, number> {
  const changes = Array.from({ length: count - 1 }, (_, share) => medianChange(trials, share));
  const projected = new Map<number, number>();
  for (const { number, state, values } of trials) {
    if (state === 'failed' || values.length === 0) continue;
    const still = changes.slice(values.length - 1).reduce((sum, change) => sum + change, 0);
    projected.set(number, values[values.length - 1]! + still);
  }
  if (projected.size === 0) return projected;
  const worst = direction === 'minimize' ? Math.max(...projected.values()) : Math.min(...projected.values());
  for (const { number, state } of trials) if (state === 'failed') projected.set(number, worst);
  return projected;
}

/** Median over trials of the change from a share to the next; 0 while none has gone there. */
function medianChange(trials: readonly Projectable[], share: number): number {
  const changes = trials
    .map(({ values }) => (values[share + 1] ?? Number.NaN) - (values[share] ?? Number.NaN))
    .filter((change) => !Number.isNaN(change))
    .sort((a, b) => a - b);
  if (changes.length === 0) return 0;
  const middle = (changes.length - 1) / 2;
  return (changes[Math.floor(middle)]! + changes[Math.ceil(middle)]!) / 2;
}
