/** Past trials ranked by merit, as TPE needs them, kept up to date trial by trial. */

import { greedySubset } from '../../multi-objective/hypervolume.js';
import { frontRanks, lossesOf } from '../../multi-objective/ranks.js';
import { violation } from '../../trial/constraints.js';
import { type Direction, type FrozenTrial, lastStep } from '../../trial/frozen-trial.js';
import { insertAll } from './sorted-rows.js';

export class Observations {
  readonly #directions: readonly Direction[];
  readonly #trials: FrozenTrial[] = [];
  #read = 0;
  /** Rows of each kind from best to worst. */
  readonly #complete: number[] = [];
  readonly #pruned: number[] = [];
  readonly #infeasible: number[] = [];
  readonly #scores: [number, number][] = [];

  constructor(directions: readonly Direction[]) {
    this.#directions = directions;
  }

  /** The complete and pruned trials taken in; a trial's place is its row. */
  get trials(): readonly FrozenTrial[] {
    return this.#trials;
  }

  get count(): number {
    return this.#trials.length;
  }

  /** Takes in the trials added to the list since the last call. */
  update(finished: readonly FrozenTrial[]): void {
    const added: Record<'complete' | 'pruned' | 'infeasible', number[]> = { complete: [], pruned: [], infeasible: [] };
    for (; this.#read < finished.length; this.#read++) {
      const trial = finished[this.#read]!;
      if (trial.state !== 'COMPLETE' && trial.state !== 'PRUNED') continue;
      const row = this.#trials.push(trial) - 1;
      const excess = violation(trial);
      this.#scores.push(excess > 0 ? [excess, 0] : this.#score(trial));
      added[excess > 0 ? 'infeasible' : trial.state === 'COMPLETE' ? 'complete' : 'pruned'].push(row);
    }
    const number = (a: number, b: number) => this.#trials[a]!.number - this.#trials[b]!.number;
    const merit = (a: number, b: number) => {
      const [left, right] = [this.#scores[a]!, this.#scores[b]!];
      return compare(left[0], right[0]) || compare(left[1], right[1]) || number(a, b);
    };
    insertAll(this.#complete, added.complete, merit);
    insertAll(this.#pruned, added.pruned, merit);
    insertAll(this.#infeasible, added.infeasible, merit);
  }

  /** Smaller is better: complete trials by value, pruned ones by how far they came, then by their last report. */
  #score(trial: FrozenTrial): [number, number] {
    const sign = this.#directions[0] === 'minimize' ? 1 : -1;
    const isSingle = this.#directions.length === 1;
    // Trials of several objectives are ranked together, when the best are asked for.
    if (trial.state === 'COMPLETE') return [isSingle ? sign * trial.values![0]! : 0, 0];
    const step = lastStep(trial);
    if (step === null) return [1, 0];
    if (!isSingle) return [-step, 0];
    const value = trial.intermediateValues.get(step)!;
    return [-step, Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value];
  }

  /** Marks the `count` best rows: complete ones before pruned, pruned before infeasible. */
  markBest(count: number): Uint8Array {
    const marks = new Uint8Array(this.count);
    let left = count;
    const complete = this.#directions.length === 1 ? this.#complete : this.#bestByFronts(count);
    for (const ranking of [complete, this.#pruned, this.#infeasible]) {
      for (let i = 0; i < ranking.length && left > 0; i++, left--) marks[ranking[i]!] = 1;
    }
    return marks;
  }

  /** Complete rows of several objectives: whole fronts, and of the last one those that dominate most together. */
  #bestByFronts(count: number): readonly number[] {
    if (count >= this.#complete.length) return this.#complete;
    const losses = this.#complete.map((row) => lossesOf(this.#trials[row]!, this.#directions));
    const ranks = frontRanks(losses, count);
    const best: number[] = [];
    for (let rank = 0; best.length < count; rank++) {
      const front = [...losses.keys()].filter((i) => ranks[i] === rank);
      const points = front.map((i) => losses[i]!);
      const fits = best.length + front.length <= count;
      const chosen = fits
        ? front
        : greedySubset(points, count - best.length, referenceOf(points)).map((i) => front[i]!);
      best.push(...chosen.map((i) => this.#complete[i]!));
    }
    return best;
  }
}

/** A point a little worse than all in every objective. */
function referenceOf(losses: readonly (readonly number[])[]): number[] {
  return losses[0]!.map((_, i) => {
    const worst = Math.max(...losses.map((loss) => loss[i]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}

/** Like subtraction, but infinities of the same sign are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
