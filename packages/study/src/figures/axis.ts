/** Axes of figures: what is written along them, how they are scaled, and where each trial lies. */

import { choiceIndex, type Distribution } from '../distributions/distribution.js';
import { InvalidOptionError } from '../errors.js';
import { formatJson, type JsonValue, own } from '../json.js';
import type { FrozenTrial } from '../trial/frozen-trial.js';

export interface Axis {
  readonly label: string;
  /** Coordinates are always the values themselves; `log` asks for a logarithmic axis; times are ms since 1970. */
  readonly scale: 'linear' | 'log' | 'category' | 'time';
  /** Of a category axis: coordinate k stands at the k-th label. Null for others. */
  readonly labels: readonly string[] | null;
  /** Both ends, with a margin of a twentieth where points would lie on the frame; null when there is nothing to draw. */
  readonly range: readonly [number, number] | null;
}

/** An axis with the coordinates of the figure's trials, in the figure's order of trials. */
export interface ValuedAxis extends Axis {
  /** Null where the trial does not have the parameter. */
  readonly values: readonly (number | null)[];
}

const MARGIN = 0.05;

/** An axis of plain numbers that has room for some values. */
export function linearAxis(label: string, values: readonly (number | null)[]): Axis {
  return { label, scale: 'linear', labels: null, range: extent(values) };
}

/**
 * A parameter's axis over some trials.
 * @param choicesAsNumbers whether choices that are all numbers are drawn where the numbers are, not one beside the other
 */
export function parameterAxis(trials: readonly FrozenTrial[], name: string, choicesAsNumbers: boolean): ValuedAxis {
  const distribution = distributionOf(trials, name)!;
  const isCategory = distribution.type === 'categorical' && !(choicesAsNumbers && hasNumbersOnly(distribution));
  const values = trials.map((trial) => {
    const value = own(trial.params, name);
    if (value === undefined) return null;
    return isCategory ? choiceIndex(distribution.choices, value) : (value as number);
  });
  if (isCategory) {
    const last = distribution.choices.length - 1;
    const range = [-last * MARGIN, last * (1 + MARGIN)] as const;
    return { label: name, scale: 'category', labels: distribution.choices.map(labelOf), range, values };
  }
  const isLog = distribution.type !== 'categorical' && distribution.log;
  const scale = isLog ? 'log' : 'linear';
  return { label: name, scale, labels: null, range: isLog ? logExtent(values) : extent(values), values };
}

/** Names of all parameters of the trials, sorted; or those wanted, each once. */
export function parameterNames(
  caller: string,
  trials: readonly FrozenTrial[],
  wanted: readonly string[] | undefined,
): string[] {
  const known = new Set<string>();
  for (const { params } of trials) for (const name in params) known.add(name);
  const missing = wanted?.find((name) => !known.has(name));
  if (missing !== undefined && trials.length > 0) {
    throw new InvalidOptionError(`${caller}: no trial drawn has a parameter '${missing}'; there are ${list(known)}.`);
  }
  return [...new Set(wanted?.filter((name) => known.has(name)) ?? known)].sort();
}

function list(names: ReadonlySet<string>): string {
  return names.size === 0 ? 'none' : [...names].sort().join(', ');
}

function distributionOf(trials: readonly FrozenTrial[], name: string): Distribution | undefined {
  for (const { distributions } of trials) if (Object.hasOwn(distributions, name)) return distributions[name];
  return undefined;
}

export function hasNumbersOnly(distribution: Distribution): boolean {
  return distribution.type !== 'categorical' || distribution.choices.every((choice) => typeof choice === 'number');
}

function labelOf(choice: JsonValue): string {
  return typeof choice === 'string' ? choice : formatJson(choice);
}

function extent(values: readonly (number | null)[]): readonly [number, number] | null {
  const ends = endsOf(values);
  if (!ends) return null;
  const margin = (ends[1] - ends[0]) * MARGIN;
  return [ends[0] - margin, ends[1] + margin];
}

function logExtent(values: readonly (number | null)[]): readonly [number, number] | null {
  const ends = endsOf(values);
  if (!ends) return null;
  const [low, high] = [Math.log10(ends[0]), Math.log10(ends[1])];
  const margin = (high - low) * MARGIN;
  return [10 ** (low - margin), 10 ** (high + margin)];
}

function endsOf(values: readonly (number | null)[]): readonly [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? null : [low, high];
}
