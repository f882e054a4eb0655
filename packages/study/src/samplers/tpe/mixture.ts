/** A mixture of products of kernels over several parameters: drawing from it, and its log density. */

import type { Distribution } from '../../distributions/distribution.js';
import { quantize } from '../../distributions/representation.js';
import { truncatedNormalQuantile } from '../../numerics/normal.js';
import type { RandomGenerator } from '../../numerics/random.js';
import {
  type CategoricalKernels,
  categoricalKernels,
  isNumeric,
  type Kernels,
  mixtureWeights,
  type NumericKernels,
  numericKernels,
} from './kernels.js';
import { logDensity } from './log-density.js';

/** For each dimension the observed values in kernel order (internal, in the logarithm where `log`), and their order. */
export interface DimensionData {
  readonly distribution: Distribution;
  readonly observations: Float64Array;
  readonly order?: ArrayLike<number>;
}

export class ParzenMixture {
  readonly weights: Float64Array;
  readonly dimensions: readonly Kernels[];

  /**
   * @param data a dimension each, all with the same number of observations, oldest first
   * @param fades whether old observations weigh less than the newest
   * @param informed whether the prior is about what the distributions recommend
   */
  constructor(data: readonly DimensionData[], fades = true, informed = false) {
    this.weights = mixtureWeights(data[0]?.observations.length ?? 0, fades);
    this.dimensions = data.map(({ distribution, observations, order }) =>
      distribution.type === 'categorical'
        ? categoricalKernels(distribution, observations, informed)
        : numericKernels(distribution, observations, order, informed),
    );
  }

  /** Draws points; one array of internal values for each dimension. */
  draw(count: number, random: RandomGenerator): Float64Array[] {
    const points = this.dimensions.map(() => new Float64Array(count));
    for (let i = 0; i < count; i++) {
      const kernel = pick(this.weights, random.uniform());
      for (const [d, kernels] of this.dimensions.entries()) {
        const u = random.uniform();
        points[d]![i] = isNumeric(kernels) ? drawNumber(kernels, kernel, u) : drawChoice(kernels, kernel, u);
      }
    }
    return points;
  }

  /** Log density at points given as `draw` gives them. */
  logDensity(points: readonly Float64Array[]): Float64Array {
    return logDensity(this.weights, this.dimensions, points);
  }
}

function pick(weights: Float64Array, u: number): number {
  let rest = u;
  for (let k = 0; k < weights.length; k++) if ((rest -= weights[k]!) < 0) return k;
  return weights.length - 1;
}

function drawNumber({ distribution, mu, sigma, low, high }: NumericKernels, kernel: number, u: number): number {
  const [m, s] = [mu[kernel]!, sigma[kernel]!];
  if (s === 0) return distribution.low;
  const scaled = truncatedNormalQuantile(u, (low - m) / s, (high - m) / s) * s + m;
  return quantize(distribution, distribution.log ? Math.exp(scaled) : scaled);
}

function drawChoice({ observed, hit, miss, logPrior }: CategoricalKernels, kernel: number, u: number): number {
  const count = logPrior.length;
  let rest = u;
  for (let choice = 0; choice < count; choice++) {
    if (kernel === observed.length) rest -= Math.exp(logPrior[choice]!);
    else rest -= choice === observed[kernel] ? hit : miss;
    if (rest < 0) return choice;
  }
  return count - 1;
}
