/** Parameters as coordinates: numbers as shares of their range as it is searched, choices by their index. */

import type { JsonValue } from '../json.js';
import { choiceIndex, type Distribution, type NumericDistribution } from './distribution.js';
import { quantize } from './representation.js';

/** A value's coordinate: its share of the range, in the logarithm where `log`, or its index; NaN for foreign values. */
export function coordinate(distribution: Distribution, value: JsonValue | undefined): number {
  if (value === undefined) return Number.NaN;
  if (distribution.type === 'categorical') {
    const index = choiceIndex(distribution.choices, value);
    return index < 0 ? Number.NaN : index;
  }
  if (typeof value !== 'number') return Number.NaN;
  const [low, high] = ends(distribution);
  if (low === high) return 0.5;
  return ((distribution.log ? Math.log(value) : value) - low) / (high - low);
}

/** The value nearest to a coordinate. */
export function valueAt(distribution: Distribution, x: number): JsonValue {
  if (distribution.type === 'categorical') return distribution.choices[Math.round(x)]!;
  const [low, high] = ends(distribution);
  const value = low + x * (high - low);
  return quantize(distribution, distribution.log ? Math.exp(value) : value);
}

/** Ends of the range as it is searched; with a step, half a step outside, so that each value has the same share. */
function ends({ low, high, step, log }: NumericDistribution): readonly [number, number] {
  const half = step === null ? 0 : step / 2;
  return log ? [Math.log(low - half), Math.log(high + half)] : [low - half, high + half];
}
