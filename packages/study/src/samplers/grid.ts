/** Grid search: every combination of given values once, in a seeded random order. */

import { choiceIndex, type Distribution } from '../distributions/distribution.js';
import { InvalidOptionError, InvalidParameterError } from '../errors.js';
import { type JsonValue, own } from '../json.js';
import { RandomGenerator } from '../numerics/random.js';
import type { Attributes, FrozenTrial, Params } from '../trial/frozen-trial.js';
import type { Sampler, SamplingContext } from './sampler.js';

/** The combination a trial was given, by its index in the order without shuffling. */
const POINT_KEY = 'goldilocks:grid_point';

/**
 * Ends `optimize` when every combination has been tried. Several processes may now and then take the same combination
 * at the same moment; none is left out.
 */
export class GridSampler implements Sampler {
  readonly #grid: readonly (readonly [string, readonly JsonValue[]])[];
  readonly #order: readonly number[];

  /**
   * @param grid the values of each parameter
   * @throws InvalidOptionError when a parameter has no values
   */
  constructor(grid: Readonly<Record<string, readonly JsonValue[]>>, options: { readonly seed?: number } = {}) {
    this.#grid = Object.entries(grid).sort(([a], [b]) => (a < b ? -1 : 1));
    const empty = this.#grid.find(([, values]) => values.length === 0);
    if (empty) throw new InvalidOptionError(`GridSampler: '${empty[0]}' has no values; give at least one.`);
    const size = this.#grid.reduce((product, [, values]) => product * values.length, 1);
    if (size > 2 ** 24)
      throw new InvalidOptionError(`GridSampler: ${size} combinations are too many; use fewer values.`);
    this.#order = RandomGenerator.of(options.seed ?? 0, 'grid').shuffled(Array.from({ length: size }, (_, i) => i));
  }

  /** Number of combinations. */
  get size(): number {
    return this.#order.length;
  }

  beforeTrial({ history, trial }: SamplingContext): Attributes | undefined {
    if ('fixed_params' in trial.systemAttributes || POINT_KEY in trial.systemAttributes) return undefined;
    const others = history.trials.filter((other) => other.number !== trial.number);
    const taken = this.#points(others, (state) => state !== 'FAIL');
    const done = this.#points(others, (state) => state !== 'RUNNING' && state !== 'WAITING');
    const free = this.#order.find((point) => !taken.has(point) && !done.has(point));
    // All are under way: repeat one that has not ended, in case its worker was lost; else begin again.
    const point = free ?? this.#order.find((one) => !done.has(one)) ?? this.#order[trial.number % this.size]!;
    return { [POINT_KEY]: point };
  }

  sample({ trial }: SamplingContext, name: string, distribution: Distribution): JsonValue {
    const values = this.#grid.find(([known]) => known === name)?.[1];
    if (!values) throw new InvalidParameterError(`GridSampler has no values for '${name}'; add it to the grid.`);
    const point = trial.systemAttributes[POINT_KEY];
    if (typeof point !== 'number') {
      throw new InvalidParameterError(
        `Trial ${trial.number} was enqueued without '${name}'; a grid needs all parameters.`,
      );
    }
    const value = this.#paramsAt(point)[name]!;
    if (distribution.type === 'categorical' && choiceIndex(distribution.choices, value) < 0) {
      throw new InvalidParameterError(`The grid's ${JSON.stringify(value)} is none of the choices of '${name}'.`);
    }
    return value;
  }

  afterTrial({ history, trial }: SamplingContext): { stop: boolean } {
    const others = history.trials.filter((other) => other.number !== trial.number);
    const done = this.#points(others, (state) => state !== 'RUNNING' && state !== 'WAITING');
    const own = this.#pointOf(trial);
    if (own !== undefined) done.add(own);
    return { stop: done.size === this.size };
  }

  #points(trials: readonly FrozenTrial[], counts: (state: FrozenTrial['state']) => boolean): Set<number> {
    const points = new Set<number>();
    for (const trial of trials) {
      const point = counts(trial.state) ? this.#pointOf(trial) : undefined;
      if (point !== undefined) points.add(point);
    }
    return points;
  }

  /** By its parameters, where it has them, so that enqueued trials and other grids count as well. */
  #pointOf(trial: FrozenTrial): number | undefined {
    let point = 0;
    for (const [name, values] of this.#grid) {
      const value = own(trial.params, name);
      if (value === undefined) {
        const assigned = trial.systemAttributes[POINT_KEY];
        return typeof assigned === 'number' && assigned < this.size ? assigned : undefined;
      }
      const index = choiceIndex(values, value);
      if (index < 0) return undefined;
      point = point * values.length + index;
    }
    return point;
  }

  #paramsAt(point: number): Params {
    const params: Record<string, JsonValue> = {};
    let rest = point;
    for (const [name, values] of [...this.#grid].reverse()) {
      params[name] = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
    }
    return params;
  }
}
