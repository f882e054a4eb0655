/** Past trials as TPE needs them, kept up to date trial by trial: ranked by merit, and parameters as sorted columns. */

import type { Distribution, SearchSpace } from '../../distributions/distribution.js';
import { formatDistribution } from '../../distributions/optuna-json.js';
import { choiceIndex } from '../../distributions/representation.js';
import { type JsonValue, own } from '../../json.js';
import { greedySubset } from '../../multi-objective/hypervolume.js';
import { frontRanks, lossesOf } from '../../multi-objective/ranks.js';
import { violation } from '../../trial/constraints.js';
import { type Direction, type FrozenTrial, lastStep } from '../../trial/frozen-trial.js';
import type { RunningTrial } from '../pending.js';
import { toScale } from './kernels.js';
import type { DimensionData } from './mixture.js';

/** Rows of one parameter: its value in each (NaN where absent) and the rows that have it by ascending value. */
interface Column {
  readonly values: number[];
  readonly sorted: number[];
}

export class Observations {
  readonly #directions: readonly Direction[];
  readonly #trials: FrozenTrial[] = [];
  #read = 0;
  /** Rows by number; then rows of each kind from best to worst. */
  readonly #byNumber: number[] = [];
  readonly #complete: number[] = [];
  readonly #pruned: number[] = [];
  readonly #infeasible: number[] = [];
  readonly #scores: [number, number][] = [];
  readonly #columns = new Map<string, Column>();

  constructor(directions: readonly Direction[]) {
    this.#directions = directions;
  }

  /** Number of complete and pruned trials taken in. */
  get count(): number {
    return this.#trials.length;
  }

  /** Takes in the trials added to the list since the last call. */
  update(finished: readonly FrozenTrial[]): void {
    const first = this.#trials.length;
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
    insertAll(
      this.#byNumber,
      Array.from({ length: this.#trials.length - first }, (_, i) => first + i),
      number,
    );
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

  /** The data of the rows whose mark is `side` and that have all parameters of the space, with running trials merged in. */
  select(space: SearchSpace, marks: Uint8Array, side: 0 | 1, running: readonly RunningTrial[]): DimensionData[] {
    const columns = Object.entries(space).map(([name, distribution]) => this.#column(name, distribution));
    const distributions = Object.values(space);
    const extra = running
      .map(({ number, params }) => ({
        number,
        values: Object.entries(space).map(([name, d]) => encode(d, own(params, name))),
      }))
      .filter(({ values }) => !values.some(Number.isNaN))
      .sort((a, b) => a.number - b.number);
    const kernelOf = new Int32Array(this.count).fill(-1);
    const extraKernels: number[] = [];
    let kernels = 0;
    for (const row of this.#byNumber) {
      if (marks[row] !== side || lacksOne(columns, row)) continue;
      const { number } = this.#trials[row]!;
      while (extraKernels.length < extra.length && extra[extraKernels.length]!.number < number)
        extraKernels.push(kernels++);
      kernelOf[row] = kernels++;
    }
    while (extraKernels.length < extra.length) extraKernels.push(kernels++);
    return columns.map((column, d) => {
      const added = extra.map(({ values }, i) => ({ kernel: extraKernels[i]!, value: values[d]! }));
      return { ...gather(column, kernelOf, kernels, added), distribution: distributions[d]! };
    });
  }

  #column(name: string, distribution: Distribution): Column {
    const key = `${name}\n${formatDistribution(distribution)}`;
    let column = this.#columns.get(key);
    if (!column) this.#columns.set(key, (column = { values: [], sorted: [] }));
    const { values, sorted } = column;
    const order = (a: number, b: number) =>
      values[a]! - values[b]! || this.#trials[a]!.number - this.#trials[b]!.number;
    const added: number[] = [];
    for (let row = values.length; row < this.count; row++) {
      const value = encode(distribution, own(this.#trials[row]!.params, name));
      values.push(value);
      if (!Number.isNaN(value)) added.push(row);
    }
    insertAll(sorted, added, order);
    return column;
  }
}

function lacksOne(columns: readonly Column[], row: number): boolean {
  for (let d = 0; d < columns.length; d++) if (Number.isNaN(columns[d]!.values[row]!)) return true;
  return false;
}

/** A point a little worse than all in every objective. */
function referenceOf(losses: readonly (readonly number[])[]): number[] {
  return losses[0]!.map((_, i) => {
    const worst = Math.max(...losses.map((loss) => loss[i]!));
    return Math.max(1.1 * worst, 0.9 * worst) || 1e-12;
  });
}

/** Kernels' values, and their order by value, from the rows' order and the few added ones. */
function gather(
  { values, sorted }: Column,
  kernelOf: Int32Array,
  kernels: number,
  added: readonly { kernel: number; value: number }[],
): Omit<DimensionData, 'distribution'> {
  const observations = new Float64Array(kernels);
  const order = new Int32Array(kernels);
  const late = [...added].sort((a, b) => a.value - b.value || a.kernel - b.kernel);
  let [at, next] = [0, 0];
  const place = (kernel: number, value: number) => {
    observations[kernel] = value;
    order[at++] = kernel;
  };
  for (const row of sorted) {
    const kernel = kernelOf[row]!;
    if (kernel < 0) continue;
    const value = values[row]!;
    for (; next < late.length; next++) {
      const one = late[next]!;
      if (one.value > value || (one.value === value && one.kernel > kernel)) break;
      place(one.kernel, one.value);
    }
    place(kernel, value);
  }
  for (; next < late.length; next++) place(late[next]!.kernel, late[next]!.value);
  return { observations, order };
}

/** A parameter's value on the scale of the search; NaN where it is absent or foreign to the distribution. */
function encode(distribution: Distribution, value: JsonValue | undefined): number {
  if (value === undefined) return Number.NaN;
  if (distribution.type === 'categorical') {
    const index = choiceIndex(distribution.choices, value);
    return index < 0 ? Number.NaN : index;
  }
  return typeof value === 'number' ? toScale(distribution, value) : Number.NaN;
}

/** Puts rows at their places in a sorted list: few one by one, many by sorting anew. */
function insertAll(list: number[], rows: readonly number[], order: (a: number, b: number) => number): void {
  if (rows.length < 32) {
    for (const row of rows) insert(list, row, order);
  } else {
    for (const row of rows) list.push(row);
    list.sort(order);
  }
}

/** Puts a row at its place in a sorted list; the place is looked for from the end, where new trials mostly belong. */
function insert(list: number[], row: number, order: (a: number, b: number) => number): void {
  if (list.length === 0 || order(list[list.length - 1]!, row) < 0) {
    list.push(row);
    return;
  }
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle]!, row) < 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, row);
}

/** Like subtraction, but infinities of the same sign are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
