// What trials that stopped at different rungs would come to at the top: so that they can be ranked together.
import { topRung } from './rungs.js';
import type { SearchTrial } from './search-trial.js';

/**
 * The value each trial is expected to end with. From one rung to the next a trial is expected to change as the median
 * of those that went there did. A failed trial gets the worst value seen (a diverged run says that its place is bad);
 * trials without any value are left out.
 */
export function projectValues(trials: readonly SearchTrial[]): Map<number, number> {
  const changes = Array.from({ length: topRung }, (_, rung) => medianChange(trials, rung));
  const projected = new Map<number, number>();
  for (const trial of trials) {
    if (trial.state === 'failed' || trial.values.length === 0) continue;
    let value = trial.values[trial.values.length - 1]!;
    for (let rung = trial.values.length - 1; rung < topRung; rung++) value += changes[rung]!;
    projected.set(trial.number, value);
  }
  const worst = Math.max(...projected.values());
  for (const trial of trials) if (trial.state === 'failed' && projected.size > 0) projected.set(trial.number, worst);
  return projected;
}

/** Median over trials of the change from `rung` to the next; 0 while none has gone there. */
function medianChange(trials: readonly SearchTrial[], rung: number): number {
  const changes = trials
    .filter(({ values }) => values.length > rung + 1)
    .map(({ values }) => values[rung + 1]! - values[rung]!)
    .sort((a, b) => a - b);
  if (changes.length === 0) return 0;
  const middle = (changes.length - 1) / 2;
  return (changes[Math.floor(middle)]! + changes[Math.ceil(middle)]!) / 2;
}
