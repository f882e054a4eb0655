/** Crossovers that spread children around each parent as single-point crossover spreads binary numbers. */

import { type Crossover, checkShare, checkSize, type Uniform } from './crossover.js';

export interface SimulatedBinaryOptions {
  /** The larger, the nearer children are to their parents. Default 20, for one objective 2 is usual. */
  readonly eta?: number;
  /** Probability that two children exchange a number. Default 0.5. */
  readonly swapping?: number;
  /** Probability that a number is a child's, not a parent's. Default 0.5. */
  readonly crossing?: number;
}

/** Simulated binary crossover within the bounds (Deb and Agrawal, Complex Systems 9, 1995). */
export function sbxCrossover(options: SimulatedBinaryOptions = {}): Crossover {
  const settings = checked('sbxCrossover', options);
  return {
    name: 'SBX',
    parents: 2,
    cross([first, second], uniform) {
      const draws = first!.map(uniform);
      const children = Array.from(draws, (u, i): readonly [number, number] => {
        const [low, high] = [Math.min(first![i]!, second![i]!), Math.max(first![i]!, second![i]!)];
        const width = Math.max(high - low, 1e-10);
        const [left, right] = [low, 1 - high].map((room) => spread(u, 1 + (2 * room) / width, settings.eta));
        return [0.5 * (low + high - left! * width), 0.5 * (low + high + right! * width)];
      });
      return oneOf(children, first!, second!, settings, uniform);
    },
  };
}

/** @param furthest the spread that would reach the bound */
function spread(u: number, furthest: number, eta: number): number {
  const alpha = 2 - furthest ** -(eta + 1);
  return (u > 1 / alpha ? 1 / (2 - u * alpha) : u * alpha) ** (1 / (eta + 1));
}

/** SBX without empty regions between parents (Ballester and Carter, GECCO 2003). */
export function vsbxCrossover(options: SimulatedBinaryOptions = {}): Crossover {
  const settings = checked('vsbxCrossover', options);
  return {
    name: 'vSBX',
    parents: 2,
    cross([first, second], uniform) {
      const draws = first!.map(uniform);
      const [outwards, inwards] = [uniform() <= 0.5, uniform() <= 0.5];
      const children = Array.from(draws, (u, i): readonly [number, number] => {
        const [x, y] = [first![i]!, second![i]!];
        const [a, b] = [u, 1 - u].map((share) => (1 / Math.max(2 * share, 1e-10)) ** (1 / (settings.eta + 1))) as [
          number,
          number,
        ];
        return [
          0.5 * (outwards ? (1 + a) * x + (1 - b) * y : (1 - a) * x + (1 + b) * y),
          0.5 * (inwards ? (3 - a) * x - (1 - b) * y : (a - 1) * x + (3 - b) * y),
        ];
      });
      return oneOf(children, first!, second!, settings, uniform);
    },
  };
}

/** Of two children that share out the numbers one survives. */
function oneOf(
  children: readonly (readonly [number, number])[],
  first: Float64Array,
  second: Float64Array,
  { swapping, crossing }: Required<SimulatedBinaryOptions>,
  uniform: Uniform,
): Float64Array {
  const pairs = children.map(([a, b], i): readonly [number, number] => {
    const [mine, yours] = uniform() < crossing ? [a, b] : [first[i]!, second[i]!];
    return uniform() >= swapping ? [mine, yours] : [yours, mine];
  });
  const survivor = uniform() < 0.5 ? 0 : 1;
  return Float64Array.from(pairs, (pair) => pair[survivor]);
}

function checked(caller: string, options: SimulatedBinaryOptions): Required<SimulatedBinaryOptions> {
  const { eta = 20, swapping = 0.5, crossing = 0.5 } = options;
  checkSize(caller, 'eta', eta);
  checkShare(caller, 'swapping', swapping);
  checkShare(caller, 'crossing', crossing);
  return { eta, swapping, crossing };
}
