// Turns a search's trials, whole, pruned and failed, into numbers that can be compared.
import type { Params, ReportTrial } from '@goldilocks/protocol';

export type Direction = 'minimize' | 'maximize';

/** A trial against the incumbent at the same share of each one's own schedule. */
export interface Observation {
  trial: number;
  params: Params;
  /** How much worse than the incumbent, in the objective's unit; Infinity where the run diverged. */
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
  return trials.flatMap((trial) => {
    const compared = compare(trial, best);
    if (!compared) return [];
    const excess = direction === 'minimize' ? compared.difference : -compared.difference;
    const { number, params, value } = trial;
    return [
      { trial: number, params, excess: Number.isFinite(excess) ? excess : Infinity, share: compared.share, value },
    ];
  });
}

function compare(trial: ReportTrial, best: ReportTrial): { difference: number; share: number } | null {
  if (trial.state === 'failed') return trial.failure === 'diverged' ? { difference: Number.NaN, share: 1 } : null;
  if (trial.state === 'complete') return { difference: (trial.value ?? Number.NaN) - best.value!, share: 1 };
  for (const rung of [...trial.rungs].sort((a, b) => b.share - a.share)) {
    const twin = best.rungs.find((other) => Math.abs(other.share - rung.share) < 1e-6)?.value;
    if (twin != null) return { difference: (rung.value ?? Number.NaN) - twin, share: rung.share };
  }
  return null;
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
