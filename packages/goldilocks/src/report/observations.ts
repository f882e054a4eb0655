// Turns a search's trials, whole, pruned and failed, into numbers that can be compared.
import type { Params, ReportTrial } from '@goldilocks/protocol';

export type Direction = 'minimize' | 'maximize';

/** A trial at a share of its own schedule, against the incumbent at the same share of its. */
export interface Comparison {
  share: number;
  /** How much worse than the incumbent, in the objective's unit; Infinity where the run diverged. */
  excess: number;
}

export interface Observation {
  trial: number;
  params: Params;
  /** One for each share at which both were measured, in rising order; never empty. */
  comparisons: Comparison[];
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
  const sign = direction === 'minimize' ? 1 : -1;
  return trials.flatMap((trial) => {
    if (trial.state === 'failed' && trial.failure !== 'diverged') return [];
    const comparisons = compare(trial, best, sign);
    const { number, params, value } = trial;
    return comparisons.length === 0 ? [] : [{ trial: number, params, comparisons, value }];
  });
}

export function lastOf({ comparisons }: Observation): Comparison {
  return comparisons.at(-1)!;
}

/** At the end the trial's own value counts, which is that of its best checkpoint. A diverged run is compared there. */
function compare(trial: ReportTrial, best: ReportTrial, sign: number): Comparison[] {
  const early = [...trial.rungs]
    .sort((a, b) => a.share - b.share)
    .flatMap(({ share, value }) => {
      const twin = best.rungs.find((rung) => Math.abs(rung.share - share) < 1e-6);
      return share > 1 - 1e-6 || twin?.value == null ? [] : [excess(share, value, twin.value, sign)];
    });
  if (trial.state === 'failed') return [...early, { share: 1, excess: Infinity }];
  return trial.state === 'complete' ? [...early, excess(1, trial.value, best.value!, sign)] : early;
}

function excess(share: number, value: number | null, twin: number, sign: number): Comparison {
  const difference = value === null ? Number.NaN : sign * (value - twin);
  return { share, excess: Number.isFinite(difference) ? difference : Infinity };
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
