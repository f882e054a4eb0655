/** A parameter's two forms: outside, the value itself; inside, a number (for a choice, its index). */

import { InvalidParameterError } from '../errors.js';
import type { JsonValue } from '../json.js';
import { choiceIndex, type Distribution, type NumericDistribution } from './distribution.js';

/**
 * The number that stands for a value: the value, or the index of the choice.
 * @throws InvalidParameterError when the value is no number (or not positive for log), or none of the choices
 */
export function toInternal(name: string, distribution: Distribution, value: JsonValue): number {
  if (distribution.type === 'categorical') {
    const index = choiceIndex(distribution.choices, value);
    if (index < 0) {
      throw new InvalidParameterError(
        `Parameter '${name}': ${JSON.stringify(value)} is none of its choices ${JSON.stringify(distribution.choices)}.`,
      );
    }
    return index;
  }
  if (typeof value !== 'number' || Number.isNaN(value) || (distribution.log && value <= 0)) {
    const expected = distribution.log ? 'a positive number' : 'a number';
    throw new InvalidParameterError(`Parameter '${name}': ${JSON.stringify(value)} is not ${expected}.`);
  }
  return value;
}

/** The value that an internal number stands for. */
export function toExternal(distribution: Distribution, internal: number): JsonValue {
  if (distribution.type === 'categorical') return distribution.choices[Math.trunc(internal)] ?? null;
  return distribution.type === 'int' ? Math.trunc(internal) : internal;
}

/** Whether the distribution holds a single value, so that there is nothing to search. */
export function isSingle(distribution: Distribution): boolean {
  return distribution.type === 'categorical'
    ? distribution.choices.length === 1
    : distribution.low === distribution.high;
}

/** The only value of a distribution for which `isSingle` holds. */
export function singleValue(distribution: Distribution): JsonValue {
  return distribution.type === 'categorical' ? distribution.choices[0]! : distribution.low;
}

/** The nearest value of a numeric distribution to any real number. */
export function quantize(distribution: NumericDistribution, value: number): number {
  const { low, high, step } = distribution;
  const point = step === null ? value : low + Math.round((value - low) / step) * step;
  return Math.min(high, Math.max(low, point));
}

/**
 * The value at a share `u` in [0, 1) of a distribution's range, each value (or equal stretch, in the logarithm where
 * `log`) having the same share.
 */
export function fromUnit(distribution: Distribution, u: number): JsonValue {
  if (distribution.type === 'categorical') {
    return distribution.choices[
      Math.min(Math.floor(u * distribution.choices.length), distribution.choices.length - 1)
    ]!;
  }
  const half = distribution.step === null ? 0 : distribution.step / 2;
  const [low, high] = [distribution.low - half, distribution.high + half];
  const value = distribution.log
    ? Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)))
    : low + u * (high - low);
  return quantize(distribution, value);
}
