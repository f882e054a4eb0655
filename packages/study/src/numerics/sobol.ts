/** Sobol's low-discrepancy points, with the direction numbers of Joe and Kuo (SIAM J. Sci. Comput. 30, 2008). */

import { InvalidOptionError } from '../errors.js';

/** For each dimension after the first: its primitive polynomial's bits, then its first direction numbers. */
const JOE_KUO: readonly (readonly number[])[] = [
  [3, 1],
  [7, 1, 3],
  [11, 1, 3, 1],
  [13, 1, 1, 1],
  [19, 1, 1, 3, 3],
  [25, 1, 3, 5, 13],
  [37, 1, 1, 5, 5, 17],
  [41, 1, 1, 5, 5, 5],
  [47, 1, 1, 7, 11, 19],
  [55, 1, 1, 5, 1, 1],
  [59, 1, 1, 1, 3, 11],
  [61, 1, 3, 5, 5, 31],
  [67, 1, 3, 3, 9, 7, 49],
  [91, 1, 1, 1, 15, 21, 21],
  [97, 1, 3, 1, 13, 27, 49],
  [103, 1, 1, 1, 15, 7, 5],
  [109, 1, 3, 1, 15, 13, 25],
  [115, 1, 1, 5, 5, 19, 61],
  [131, 1, 3, 7, 11, 23, 15, 103],
  [137, 1, 3, 7, 13, 13, 15, 69],
  [143, 1, 1, 3, 13, 7, 35, 63],
  [145, 1, 3, 5, 9, 1, 25, 53],
  [157, 1, 3, 1, 13, 9, 35, 107],
  [167, 1, 3, 1, 5, 27, 61, 31],
  [171, 1, 1, 5, 11, 19, 41, 61],
  [185, 1, 3, 5, 3, 3, 13, 69],
  [191, 1, 1, 7, 13, 1, 19, 1],
  [193, 1, 3, 7, 5, 13, 19, 59],
  [203, 1, 1, 3, 9, 25, 29, 41],
  [211, 1, 3, 5, 13, 23, 1, 55],
  [213, 1, 3, 7, 3, 13, 59, 17],
  [229, 1, 3, 1, 3, 5, 53, 69],
];
const BITS = 32;

/** Dimensions for which there are direction numbers. */
export const SOBOL_DIMENSIONS = JOE_KUO.length + 1;

/**
 * Coordinate of point `index` (in Gray-code order, the zeroth at the origin) in a dimension, in [0, 1).
 * @param shift 32 random bits: a digital shift, which keeps the points' evenness and makes them random
 * @throws InvalidOptionError beyond SOBOL_DIMENSIONS
 */
export function sobol(index: number, dimension: number, shift = 0): number {
  const directions = directionNumbers(dimension);
  let bits = shift >>> 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, i = 0; gray !== 0; gray >>>= 1, i++)
    if (gray & 1) bits ^= directions[i]!;
  return (bits >>> 0) / 2 ** BITS;
}

const computed = new Map<number, Uint32Array>();

function directionNumbers(dimension: number): Uint32Array {
  const known = computed.get(dimension);
  if (known) return known;
  const row = dimension === 0 ? null : JOE_KUO[dimension - 1];
  if (row === undefined) {
    throw new InvalidOptionError(`Sobol points have at most ${SOBOL_DIMENSIONS} dimensions, not ${dimension + 1}.`);
  }
  const directions = row ? recurrence(row[0]!, row.slice(1)) : new Uint32Array(BITS).map((_, i) => 2 ** (BITS - 1 - i));
  computed.set(dimension, directions);
  return directions;
}

function recurrence(polynomial: number, initial: readonly number[]): Uint32Array {
  const degree = initial.length;
  const directions = new Uint32Array(BITS);
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = initial[i]! * 2 ** (BITS - 1 - i);
      continue;
    }
    let next = directions[i - degree]! ^ (directions[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >>> (degree - k)) & 1) next ^= directions[i - k]!;
    directions[i] = next;
  }
  return directions;
}
