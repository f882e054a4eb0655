/** Halton's low-discrepancy points (Numerische Mathematik 2, 1960), scrambled after Owen (arXiv:1706.02808). */

import type { RandomGenerator } from './random.js';

/** A permutation of the digits for each place after the point. */
export type DigitPermutations = readonly (readonly number[])[];

/**
 * Coordinate of point `index` (the zeroth at the origin) in a dimension, in [0, 1): the digits of the index in that
 * dimension's prime base, mirrored at the point.
 * @param permutations permute the digits at each place, which keeps the points' evenness and makes them random
 */
export function halton(index: number, dimension: number, permutations?: DigitPermutations): number {
  const base = prime(dimension);
  let point = 0;
  let scale = 1 / base;
  let rest = index;
  const places = permutations?.length ?? Number.POSITIVE_INFINITY;
  for (let place = 0; place < places && (permutations || rest > 0); place++, scale /= base) {
    const digit = rest % base;
    point += (permutations ? permutations[place]![digit]! : digit) * scale;
    rest = Math.floor(rest / base);
  }
  return point;
}

/** Random permutations for all places that a double can tell apart. */
export function digitPermutations(dimension: number, random: RandomGenerator): DigitPermutations {
  const base = prime(dimension);
  const digits = Array.from({ length: base }, (_, digit) => digit);
  return Array.from({ length: Math.ceil(54 / Math.log2(base)) - 1 }, () => random.shuffled(digits));
}

const primes = [2];

function prime(position: number): number {
  for (let next = primes[primes.length - 1]! + 1; primes.length <= position; next++) {
    if (primes.every((divisor) => next % divisor !== 0)) primes.push(next);
  }
  return primes[position]!;
}
