// Turns a search's trials, whole, pruned and failed, into numbers that can be compared.
import type { Params, ReportTrial } from '@goldilocks/protocol';

export type Direction = 'minimize' | 'maximize';

/** A trial against the incumbent, compared at the same share of each one's own schedule. */
export interface Observation {
  trial: number;
  params: Params;
  /** How much worse than the incumbent it would have ended, in the objective's unit; Infinity where the run diverged. */
  excess: number;
  /** Share of the schedule at which they were compared. */
  share: number;
  /** Objective at the trial's last measurement. */
  value: number | null;
}

/**
 * Trials that say something about their settings, the incumbent among them. Left out: failures that are not the
 * settings' doing, and trials stopped before they shared a measurement with the incumbent.
 */
export function observe(trials: readonly ReportTrial[], incumbent: number, direction: Direction): Observation[] {
  const best = trials.find((trial) => trial.number === incumbent);
  if (best?.value == null) return [];
  const slopes = new Slopes(trials, best);
  return trials.flatMap((trial) => {
    const compared = compare(trial, best);
    if (!compared) return [];
    const difference = compared.difference * slopes.at(compared.share);
    const excess = direction === 'minimize' ? difference : -difference;
    const { number, params, value } = trial;
    return [
      { trial: number, params, excess: Number.isFinite(excess) ? excess : Infinity, share: compared.share, value },
    ];
  });
}

interface Compared {
  difference: number;
  share: number;
}

function compare(trial: ReportTrial, best: ReportTrial): Compared | null {
  if (trial.state === 'failed') return trial.failure === 'diverged' ? { difference: Number.NaN, share: 1 } : null;
  if (trial.state === 'complete') return { difference: (trial.value ?? Number.NaN) - best.value!, share: 1 };
  for (const { share } of [...trial.rungs].sort((a, b) => b.share - a.share)) {
    const difference = differenceAt(trial, best, share);
    if (difference !== null) return { difference, share };
  }
  return null;
}

/** NaN where the trial's objective was not finite; null where one of both was not measured there. */
function differenceAt(trial: ReportTrial, best: ReportTrial, share: number): number | null {
  const at = ({ rungs }: ReportTrial) => rungs.find((rung) => Math.abs(rung.share - share) < 1e-6);
  const [own, twin] = [at(trial), at(best)];
  return own && twin?.value != null ? (own.value ?? Number.NaN) - twin.value : null;
}

/** How much of a difference seen at a share of the schedule is left at its end. */
class Slopes {
  readonly #trials: readonly ReportTrial[];
  readonly #best: ReportTrial;

  constructor(trials: readonly ReportTrial[], best: ReportTrial) {
    this.#trials = trials;
    this.#best = best;
  }

  /**
   * Least squares through the origin over the trials that went on to the end. Until there are enough of those, early
   * differences are taken to fade with the rest of the schedule: a prior slope of `share` that counts for three trials.
   */
  at(share: number): number {
    if (share >= 1) return 1;
    const pairs = this.#trials.flatMap((trial) => {
      const early = differenceAt(trial, this.#best, share);
      if (trial === this.#best || trial.state !== 'complete' || trial.value === null) return [];
      return early === null || Number.isNaN(early) ? [] : [{ early, end: trial.value - this.#best.value! }];
    });
    const squares = pairs.reduce((sum, { early }) => sum + early * early, 0);
    const products = pairs.reduce((sum, { early, end }) => sum + early * end, 0);
    const prior = 3 * (pairs.length > 0 ? squares / pairs.length : 1);
    return Math.min(Math.max((products + prior * share) / (squares + prior), 0), 1.5);
  }
}

/**
 * Excesses on a scale that a few diverged runs do not dominate: straight near the best, logarithmic far from it. A
 * diverged run counts as somewhat worse than the worst finite one.
 */
export class Compression {
  readonly #least: number;
  readonly #bend: number;
  readonly #diverged: number;

  constructor(excesses: readonly number[], noise: number) {
    const finite = excesses.filter(Number.isFinite).sort((a, b) => a - b);
    this.#least = finite[0] ?? 0;
    const median = (finite[Math.floor(finite.length / 2)] ?? 0) - this.#least;
    this.#bend = Math.max(median, 2 * noise, 1e-9);
    const worst = this.#compress((finite.at(-1) ?? 0) - this.#least);
    this.#diverged = Math.max(1.3 * worst, this.#bend * Math.log1p(10));
  }

  compress(excess: number): number {
    return Number.isFinite(excess) ? this.#compress(Math.max(excess - this.#least, 0)) : this.#diverged;
  }

  expand(compressed: number): number {
    return this.#least + this.#bend * Math.expm1(compressed / this.#bend);
  }

  #compress(above: number): number {
    return this.#bend * Math.log1p(above / this.#bend);
  }
}
