// Whether settings that the search found are better than the recommended ones: the study's verdict, as the journey keeps it.
import type { Contender, Verdict } from '@goldilocks/study';
import { meanAndError } from '../metrics/bootstrap.js';
import type { ConfirmRun } from './confirm-run.js';

export interface Candidate {
  trial: number;
  /** Differences to the recommended settings on each seed that both finished, negative = better. */
  pairs: number[];
  /** The difference by these and by the search's trials together, and its standard error. */
  difference: { mean: number; standardError: number };
  /** That it is better, by the same. */
  probabilityBetter: number;
}

export interface Decision {
  /** `better`: surely enough to be taken; `within-noise`: ahead, but not surely; `nothing-better`: not ahead. */
  kind: 'better' | 'within-noise' | 'nothing-better';
  /** The trial whose settings are to be used; 0 = the recommended ones. */
  winner: number;
  /** All that were to be confirmed, the best first. */
  candidates: Candidate[];
  /** Standard deviation of the objective over seeds at equal settings; null with one seed. */
  seedDeviation: number | null;
}

export function decisionOf({ kind, trial, candidates }: Verdict, runs: readonly ConfirmRun[]): Decision {
  return {
    kind: decisionKind(kind, trial.number, candidates[0]!),
    winner: trial.number,
    candidates: candidates.map(asCandidate),
    seedDeviation: deviationOverSeeds(runs),
  };
}

function decisionKind(kind: Verdict['kind'], winner: number, best: Contender): Decision['kind'] {
  if (kind === 'better' || winner !== 0) return 'better';
  return kind === 'within-noise' || (kind === 'unrepeated' && best.gain.mean > 0) ? 'within-noise' : 'nothing-better';
}

function asCandidate({ trial, pairs, gain }: Contender): Candidate {
  return {
    trial: trial.number,
    pairs: pairs.map((gained) => -gained),
    difference: { mean: -gain.mean, standardError: gain.standardError },
    probabilityBetter: gain.probabilityBetter,
  };
}

/** Pooled over the trials that ran on several seeds. */
function deviationOverSeeds(runs: readonly ConfirmRun[]): number | null {
  let squares = 0;
  let freedom = 0;
  for (const trial of new Set(runs.map((run) => run.trial))) {
    const values = runs.filter((run) => run.trial === trial && run.value !== null).map((run) => run.value!);
    if (values.length < 2) continue;
    const { mean } = meanAndError(values);
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    freedom += values.length - 1;
  }
  return freedom > 0 ? Math.sqrt(squares / freedom) : null;
}
