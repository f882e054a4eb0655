// Splits the budget between the stages of the journey.

export interface Budget {
  minutes?: number;
  /** Trials of the search; confirmation and the final run come on top. */
  trials?: number;
}

export type StageName = 'pilot' | 'search' | 'confirm' | 'final' | 'test';

export interface Stage {
  name: StageName;
  /** Share of the whole budget. */
  share: number;
  seconds?: number;
  /** Full or started runs. */
  runs?: number;
  /** What happens here, in a sentence. */
  does: string;
}

const sentences: Record<StageName, string> = {
  pilot: 'a small part of the data through the whole path: speed, memory, and a ramp to bracket the learning rate',
  search: 'trials around the recommended settings, which are trial 0; losers stop early',
  confirm: 'the recommended settings and the best few again with other seeds, so that luck does not win',
  final: 'the winner on all training data',
  test: 'measured once, on data that nothing before has seen',
};

/**
 * Shares of a budget in minutes. A fifth goes to confirmation: in about one search of ten the winner is worse than the
 * default (2506.19540), and the seed alone moves results by points.
 */
const shares: Record<StageName, number> = { pilot: 0.08, search: 0.57, confirm: 0.2, final: 0.1, test: 0.05 };

const order: StageName[] = ['pilot', 'search', 'confirm', 'final', 'test'];

/** Runs of the confirmation after a search of so many trials: the default and the best few on one or two more seeds. */
export function confirmRuns(trials: number): number {
  return Math.max(2, Math.round(trials / 4));
}

/**
 * The stages with their parts of the budget. Where one run's cost is known, the final run gets what it takes (at most a
 * third), and the search the rest.
 */
export function splitBudget(budget: Budget, secondsPerRun?: number): Stage[] {
  const total = budget.minutes === undefined ? undefined : budget.minutes * 60;
  const part = { ...shares };
  if (total !== undefined && secondsPerRun !== undefined) {
    part.final = Math.min(1 / 3, Math.max(0.02, secondsPerRun / total));
    part.search = 1 - part.pilot - part.confirm - part.final - part.test;
  }
  const runs: Partial<Record<StageName, number>> =
    budget.trials === undefined ? {} : { search: budget.trials, confirm: confirmRuns(budget.trials), final: 1 };
  return order.map((name) => ({
    name,
    share: part[name],
    seconds: total === undefined ? undefined : total * part[name],
    runs: runs[name],
    does: sentences[name],
  }));
}
