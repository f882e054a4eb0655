/**
 * The kernel of learning curves: settings × share of the schedule, a product (cells may be missing; cf. arXiv:2410.09239).
 *
 *     k = (common + settings·Matérn(x, x′) + run·[same run]) · (level + (1 − level)·Matérn(√t, √t′)) + noise·[same measurement]
 *
 * `common` is what all curves share, `run` what a run differs by from its setting's curve (its seed), `level` how much of
 * a deviation stays from the first step to the last. The root spreads the shares where curves bend.
 */

import { matern, maternSlope, squaredDifference } from '../../samplers/gp/gaussian-process.js';

export interface CurveParameters {
  /** One for each dimension of the settings: 1/ℓ². */
  readonly inverseSquaredLengths: Float64Array;
  readonly common: number;
  readonly settings: number;
  readonly run: number;
  /** In (0, 1). */
  readonly level: number;
  /** Along the root of the share. */
  readonly shareLength: number;
  readonly noise: number;
}

export interface CurveData {
  /** The settings of each run, d coordinates in a row. */
  readonly points: Float64Array;
  readonly isCategorical: readonly boolean[];
  /** Of each measurement: its run, its share in (0, 1], its value. */
  readonly runs: Int32Array;
  readonly shares: Float64Array;
  readonly values: Float64Array;
  /** Factor of the noise of each measurement. Default 1 each. */
  readonly noiseFactors?: Float64Array;
}

/** Squared distance of settings in lengths. */
export function squaredDistance(
  x: ArrayLike<number>,
  xOffset: number,
  { points, isCategorical }: CurveData,
  run: number,
  weights: Float64Array,
): number {
  const d = isCategorical.length;
  let sum = 0;
  for (let j = 0; j < d; j++) {
    sum += weights[j]! * squaredDifference(x[xOffset + j]!, points[run * d + j]!, isCategorical[j]!);
  }
  return sum;
}

/** Similarity of two shares of the schedule, 1 for equal ones. */
export function shareKernel({ level, shareLength }: CurveParameters, share: number, other: number): number {
  return level + (1 - level) * matern(squaredLag(share, other) / shareLength ** 2);
}

/** Its derivatives by the logit of the level and by the log of the length. */
export function shareSlopes({ level, shareLength }: CurveParameters, share: number, other: number) {
  const squared = squaredLag(share, other) / shareLength ** 2;
  return {
    byLevel: level * (1 - level) * (1 - matern(squared)),
    byLength: -2 * (1 - level) * maternSlope(squared) * squared,
  };
}

function squaredLag(share: number, other: number): number {
  return (Math.sqrt(share) - Math.sqrt(other)) ** 2;
}

/** The distinct ones among many shares, and which of them each is: kernels of few pairs serve all measurements. */
export class ShareIndex {
  readonly values: readonly number[];
  readonly of: Int32Array;

  constructor(shares: Float64Array) {
    const places = new Map<number, number>();
    this.of = Int32Array.from(shares, (share) => {
      const place = places.get(share) ?? places.size;
      places.set(share, place);
      return place;
    });
    this.values = [...places.keys()];
  }

  /** A function of every pair of the distinct shares, row after row. */
  pairs<T>(of: (share: number, other: number) => T): T[] {
    return this.values.flatMap((share) => this.values.map((other) => of(share, other)));
  }
}
