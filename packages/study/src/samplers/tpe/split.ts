/** The good and the bad trials of a study as mixtures over one space, changed only by what is new since the last time. */

import { choiceIndex, type Distribution, type SearchSpace } from '../../distributions/distribution.js';
import { formatDistribution } from '../../distributions/optuna-json.js';
import { type JsonValue, own } from '../../json.js';
import type { FrozenTrial, Params } from '../../trial/frozen-trial.js';
import type { RunningTrial } from '../pending.js';
import { toScale } from './kernels.js';
import { type MixtureOptions, type Observation, ParzenMixture } from './mixture.js';

const [BAD, GOOD, LACKING, UNKNOWN] = [0, 1, 2, 3];

/** A running trial that counts as bad. */
interface Liar {
  readonly slot: number;
  readonly values: readonly number[];
}

export class Split {
  readonly #space: readonly (readonly [string, Distribution])[];
  readonly #mixtures: readonly [ParzenMixture, ParzenMixture];
  /** By row. */
  #sides = new Uint8Array(0);
  readonly #slots: number[] = [];
  /** By number. */
  readonly #liars = new Map<number, Liar>();

  constructor(space: SearchSpace, good: MixtureOptions) {
    this.#space = Object.entries(space);
    const distributions = Object.values(space);
    this.#mixtures = [new ParzenMixture(distributions), new ParzenMixture(distributions, good)];
  }

  get good(): ParzenMixture {
    return this.#mixtures[GOOD]!;
  }

  get bad(): ParzenMixture {
    return this.#mixtures[BAD]!;
  }

  /**
   * @param trials complete and pruned ones; a list that only grows
   * @param marks 1 for the good ones, 0 for the bad
   * @param running those that count as bad as well
   */
  update(trials: readonly FrozenTrial[], marks: Uint8Array, running: readonly RunningTrial[]): void {
    const sides = new Uint8Array(trials.length).fill(UNKNOWN);
    sides.set(this.#sides);
    this.#sides = sides;
    // First, so that no trial is in it twice, still running and finished.
    this.#adoptLiars(trials, marks);
    this.#updateLiars(running);
    const moved: [number[], number[]] = [[], []];
    for (let row = 0; row < trials.length; row++) {
      const side = sides[row]!;
      if (side === marks[row] || side === LACKING) continue;
      if (side !== UNKNOWN) this.#mixtures[side]!.remove(this.#slots[row]!);
      moved[marks[row]!]!.push(row);
    }
    for (const side of [BAD, GOOD]) this.#add(trials, moved[side]!, side);
  }

  #add(trials: readonly FrozenTrial[], rows: readonly number[], side: number): void {
    const observed: number[] = [];
    const observations: Observation[] = [];
    for (const row of rows) {
      const { number, params } = trials[row]!;
      const values = this.#encode(params);
      this.#sides[row] = values ? side : LACKING;
      if (!values) continue;
      observed.push(row);
      observations.push({ number, values });
    }
    const slots = this.#mixtures[side]!.add(observations);
    for (const [i, row] of observed.entries()) this.#slots[row] = slots[i]!;
  }

  /** Liars that ended as bad trials stay where they are. */
  #adoptLiars(trials: readonly FrozenTrial[], marks: Uint8Array): void {
    for (let row = trials.length - 1; row >= 0 && this.#sides[row] === UNKNOWN; row--) {
      const { number, params } = trials[row]!;
      const liar = this.#liars.get(number);
      if (!liar || marks[row] !== BAD) continue;
      if (!this.#encode(params)?.every((value, d) => value === liar.values[d])) continue;
      this.#sides[row] = BAD;
      this.#slots[row] = liar.slot;
      this.#liars.delete(number);
    }
  }

  #updateLiars(running: readonly RunningTrial[]): void {
    const now = new Map<number, readonly number[]>();
    for (const { number, params } of running) {
      const values = this.#encode(params);
      if (values) now.set(number, values);
    }
    for (const [number, { slot, values }] of this.#liars) {
      if (now.get(number)?.every((value, d) => value === values[d])) now.delete(number);
      else {
        this.bad.remove(slot);
        this.#liars.delete(number);
      }
    }
    const added = Array.from(now, ([number, values]) => ({ number, values }));
    const slots = this.bad.add(added);
    for (const [i, { number, values }] of added.entries()) this.#liars.set(number, { slot: slots[i]!, values });
  }

  /** Values on the scale of the search; undefined when one is absent or foreign to its distribution. */
  #encode(params: Params): number[] | undefined {
    const values: number[] = [];
    for (const [name, distribution] of this.#space) {
      const value = encode(distribution, own(params, name));
      if (Number.isNaN(value)) return undefined;
      values.push(value);
    }
    return values;
  }
}

/** Spaces that are kept; ranges may change from trial to trial. */
const SPACES_KEPT = 32;

/** The splits of a study over the spaces in which it is asked. */
export class Splits {
  readonly #good: MixtureOptions;
  /** The one asked for last is the last. */
  readonly #bySpace = new Map<string, Split>();

  /** @param good how the good trials are mixed */
  constructor(good: MixtureOptions) {
    this.#good = good;
  }

  of(space: SearchSpace): Split {
    const key = Object.entries(space)
      .map(([name, distribution]) => `${name}\n${formatDistribution(distribution)}`)
      .join('\n');
    const split = this.#bySpace.get(key) ?? new Split(space, this.#good);
    this.#bySpace.delete(key);
    this.#bySpace.set(key, split);
    if (this.#bySpace.size > SPACES_KEPT) this.#bySpace.delete(this.#bySpace.keys().next().value!);
    return split;
  }
}

function encode(distribution: Distribution, value: JsonValue | undefined): number {
  if (value === undefined) return Number.NaN;
  if (distribution.type === 'categorical') {
    const index = choiceIndex(distribution.choices, value);
    return index < 0 ? Number.NaN : index;
  }
  return typeof value === 'number' ? toScale(distribution, value) : Number.NaN;
}
