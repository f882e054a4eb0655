// Whether settings that the search found are better than the recommended ones, from runs on shared seeds.
import { pairedDifference } from '@goldilocks/study';
import { meanAndError } from '../metrics/bootstrap.js';
import type { ConfirmRun } from './confirm.js';

export interface Candidate {
  trial: number;
  /** Mean objective over the seeds that both finished. */
  mean: number;
  /** Mean difference to the recommended settings, negative = better, and its standard error. */
  difference: { mean: number; standardError: number };
}

export interface Decision {
  /** `better`: beyond one standard error; `within-noise`: ahead, but by less; `nothing-better`: not ahead. */
  kind: 'better' | 'within-noise' | 'nothing-better';
  /** The trial whose settings are to be used; 0 = the recommended ones. */
  winner: number;
  /** Every candidate that could be compared, the best first. */
  candidates: Candidate[];
  /** Standard deviation of the objective over seeds at equal settings; null with one seed. */
  seedDeviation: number | null;
}

/**
 * Compares candidates to trial 0, seed by seed and example by example. Where the best is not better by at least one
 * standard error, the recommended settings stay: the simplest within one standard error of the best (Breiman et al.
 * 1984), and in about a tenth of searches the pick is worse than the default (2506.19540). `errors` asks for more.
 */
export function decide(runs: readonly ConfirmRun[], trials: readonly number[], errors = 1): Decision {
  const finished = runs.filter((run) => run.value !== null);
  const candidates = trials
    .map((trial) => compare(finished, trial))
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => a.difference.mean - b.difference.mean || a.trial - b.trial);
  const seedDeviation = deviationOverSeeds(finished);
  const [best] = candidates;
  if (best === undefined || best.difference.mean >= 0)
    return { kind: 'nothing-better', winner: 0, candidates, seedDeviation };
  const isClear = -best.difference.mean > errors * best.difference.standardError;
  return { kind: isClear ? 'better' : 'within-noise', winner: isClear ? best.trial : 0, candidates, seedDeviation };
}

function compare(runs: readonly ConfirmRun[], trial: number): Candidate | undefined {
  const pairs = runs
    .filter((run) => run.trial === trial)
    .flatMap((run) => {
      const recommended = runs.find((other) => other.trial === 0 && other.seed === run.seed);
      return recommended === undefined ? [] : [{ run, recommended }];
    });
  if (pairs.length === 0) return undefined;
  const overSeeds = meanAndError(pairs.map(({ run, recommended }) => run.value! - recommended.value!));
  const standardError = Math.hypot(exampleError(pairs), overSeeds.standardError);
  return {
    trial,
    mean: meanAndError(pairs.map(({ run }) => run.value!)).mean,
    difference: { mean: overSeeds.mean, standardError },
  };
}

/** Standard error of the paired difference over the validation examples, each averaged over the seeds first. */
function exampleError(pairs: readonly { run: ConfirmRun; recommended: ConfirmRun }[]): number {
  const [first] = pairs;
  const count = first!.run.perExample.length;
  if (count < 2 || pairs.some(({ recommended }) => recommended.perExample.length !== count)) return 0;
  const average = (pick: (pair: (typeof pairs)[number]) => readonly number[]) =>
    Array.from({ length: count }, (_, i) => pairs.reduce((sum, pair) => sum + pick(pair)[i]!, 0) / pairs.length);
  return pairedDifference(
    average(({ run }) => run.perExample),
    average(({ recommended }) => recommended.perExample),
  ).standardError;
}

/** Pooled over the trials that ran on several seeds. */
function deviationOverSeeds(runs: readonly ConfirmRun[]): number | null {
  let squares = 0;
  let freedom = 0;
  for (const trial of new Set(runs.map((run) => run.trial))) {
    const values = runs.filter((run) => run.trial === trial).map((run) => run.value!);
    const { mean } = meanAndError(values);
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += values.length - 1;
  }
  return freedom > 0 ? Math.sqrt(squares / freedom) : null;
}
