/** How parents make a child: recombinations of numbers, each in [0, 1] along the range as it is searched. */

import { InvalidOptionError } from '../../errors.js';

/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

export interface Crossover {
  readonly name: string;
  /** How many parents a child has, at least 2. */
  readonly parents: number;
  /**
   * @param parents their coordinates, all of one length
   * @returns the child's coordinates; outside [0, 1] the child is not viable, and others are tried
   */
  cross(parents: readonly Float64Array[], uniform: Uniform): Float64Array;
}

/**
 * Each number is one parent's (Syswerda, ICGA 1989).
 * @param options `swapping`: the probability that it is the second one's; default 0.5
 */
export function uniformCrossover(options: { readonly swapping?: number } = {}): Crossover {
  const { swapping = 0.5 } = options;
  checkShare('uniformCrossover', 'swapping', swapping);
  return {
    name: 'uniform',
    parents: 2,
    cross: ([first, second], uniform) => first!.map((x, i) => (uniform() >= 1 - swapping ? second![i]! : x)),
  };
}

/**
 * Blend crossover: uniform over the box around both parents (Eshelman and Schaffer, FOGA 1992).
 * @param options `alpha`: by which share of its width the box is wider on either side; default 0.5
 */
export function blxAlphaCrossover(options: { readonly alpha?: number } = {}): Crossover {
  const { alpha = 0.5 } = options;
  checkSize('blxAlphaCrossover', 'alpha', alpha);
  return {
    name: 'BLX-alpha',
    parents: 2,
    cross: ([first, second], uniform) =>
      first!.map((x, i) => {
        const [low, high] = [Math.min(x, second![i]!), Math.max(x, second![i]!)];
        const margin = alpha * (high - low);
        return low - margin + uniform() * (high - low + 2 * margin);
      }),
  };
}

/**
 * Simplex crossover: uniform over the simplex of the parents, made wider (Tsutsui et al., GECCO 1999).
 * @param options `parents`: default 3; `epsilon`: by how much; default √(numbers + 2), which keeps the spread
 */
export function spxCrossover(options: { readonly parents?: number; readonly epsilon?: number } = {}): Crossover {
  const { parents: count = 3, epsilon } = options;
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new InvalidOptionError(`spxCrossover: parents is ${count}; give an integer ≥ 2.`);
  }
  if (epsilon !== undefined) checkSize('spxCrossover', 'epsilon', epsilon);
  return {
    name: 'SPX',
    parents: count,
    cross(parents, uniform) {
      const size = parents[0]!.length;
      const wider = epsilon ?? Math.sqrt(size + 2);
      const middle = Float64Array.from({ length: size }, (_, i) => sum(parents.map((x) => x[i]!)) / parents.length);
      const corners = parents.map((x) => x.map((value, i) => middle[i]! + wider * (value - middle[i]!)));
      const shares = Array.from({ length: parents.length - 1 }, (_, k) => uniform() ** (1 / (k + 1)));
      let offset = new Float64Array(size);
      for (const [k, share] of shares.entries()) {
        offset = offset.map((value, i) => share * (corners[k]![i]! - corners[k + 1]![i]! + value));
      }
      return corners.at(-1)!.map((value, i) => value + offset[i]!);
    },
  };
}

/**
 * Unimodal normal distribution crossover: normal around the middle of two parents, along the line through them, and across it by
 * the third parent's distance from that line (Ono and Kobayashi, ICGA 1997).
 * @param options standard deviations: `along`, in units of the parents' distance, default 0.5; `across`, in units of the third
 * parent's, default 0.35/√numbers
 */
export function undxCrossover(options: { readonly along?: number; readonly across?: number } = {}): Crossover {
  const { along = 0.5, across } = options;
  checkSize('undxCrossover', 'along', along);
  if (across !== undefined) checkSize('undxCrossover', 'across', across);
  return {
    name: 'UNDX',
    parents: 3,
    cross([first, second, third], uniform) {
      const line = second!.map((x, i) => x - first![i]!);
      const distance = norm(
        acrossLine(
          third!.map((x, i) => x - first![i]!),
          line,
        ),
      );
      const width = (across ?? 0.35 / Math.sqrt(line.length)) * distance;
      const step = along * normal(uniform);
      const side = acrossLine(
        line.map(() => width * normal(uniform)),
        line,
      );
      return line.map((d, i) => (first![i]! + second![i]!) / 2 + step * d + side[i]!);
    },
  };
}

/** What of a vector is at right angles to a line; all of it where the line is a point. */
function acrossLine(vector: Float64Array, line: Float64Array): Float64Array {
  const squared = sum(line.map((d) => d * d));
  const share = squared > 0 ? sum(line.map((d, i) => d * vector[i]!)) / squared : 0;
  return vector.map((value, i) => value - share * line[i]!);
}

function norm(vector: Float64Array): number {
  return Math.sqrt(sum(vector.map((value) => value * value)));
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function normal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function checkShare(caller: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new InvalidOptionError(`${caller}: ${name} is ${value}; give 0 to 1.`);
}

export function checkSize(caller: string, name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value)))
    throw new InvalidOptionError(`${caller}: ${name} is ${value}; give a number ≥ 0.`);
}
