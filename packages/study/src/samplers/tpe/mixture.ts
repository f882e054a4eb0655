/** A mixture of products of kernels over several parameters: drawing from it, and its log density. */

import type { Distribution } from '../../distributions/distribution.js';
import { quantize } from '../../distributions/representation.js';
import { LOG_SQRT_2PI, logNormalMass, truncatedNormalQuantile } from '../../numerics/normal.js';
import type { RandomGenerator } from '../../numerics/random.js';
import {
  type CategoricalKernels,
  categoricalKernels,
  isNumeric,
  type Kernels,
  mixtureWeights,
  type NumericKernels,
  numericKernels,
  toScale,
} from './kernels.js';

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
   */
  constructor(data: readonly DimensionData[], fades = true) {
    this.weights = mixtureWeights(data[0]?.observations.length ?? 0, fades);
    this.dimensions = data.map(({ distribution, observations, order }) =>
      distribution.type === 'categorical'
        ? categoricalKernels(distribution, observations)
        : numericKernels(distribution, observations, order),
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
    const count = points[0]!.length;
    const terms = scratch(this.weights.length * count);
    for (let k = 0, at = 0; k < this.weights.length; k++) {
      const logWeight = Math.log(this.weights[k]!);
      for (let i = 0; i < count; i++) terms[at++] = logWeight;
    }
    for (const [d, kernels] of this.dimensions.entries()) {
      if (!isNumeric(kernels)) addChoices(terms, kernels, points[d]!);
      else if (kernels.distribution.step === null) addContinuous(terms, kernels, points[d]!);
      else addDiscrete(terms, kernels, points[d]!);
    }
    return logSumExp(terms, count);
  }
}

let buffer = new Float64Array(0);

/** Room for the terms of one density, used again by the next: it is large, and gone before the function returns. */
function scratch(length: number): Float64Array {
  if (buffer.length < length) buffer = new Float64Array(2 * length);
  return buffer.subarray(0, length);
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

function drawChoice({ distribution, observed, hit, miss }: CategoricalKernels, kernel: number, u: number): number {
  const count = distribution.choices.length;
  if (kernel === observed.length) return Math.min(count - 1, Math.floor(u * count));
  let rest = u;
  for (let choice = 0; choice < count; choice++) {
    rest -= choice === observed[kernel] ? hit : miss;
    if (rest < 0) return choice;
  }
  return count - 1;
}

function addContinuous(
  terms: Float64Array,
  { distribution, mu, sigma, low, high }: NumericKernels,
  xs: Float64Array,
): void {
  const scaled = xs.map((x) =>
    x >= distribution.low && x <= distribution.high ? toScale(distribution, x) : Number.NaN,
  );
  const count = scaled.length;
  let logSigma = 0;
  let lastSigma = Number.NaN;
  for (let k = 0; k < mu.length; k++) {
    const [m, s] = [mu[k]!, sigma[k]!];
    if (s !== lastSigma) {
      logSigma = Math.log(s);
      lastSigma = s;
    }
    const inverse = 1 / s;
    const constant = -logSigma - LOG_SQRT_2PI - logNormalMass((low - m) * inverse, (high - m) * inverse);
    for (let i = 0, at = k * count; i < count; i++, at++) {
      const z = (scaled[i]! - m) * inverse;
      terms[at]! += constant - 0.5 * z * z;
    }
  }
}

/** Kernels of a discrete parameter repeat, so each distinct one is computed once. */
function addDiscrete(terms: Float64Array, kernels: NumericKernels, xs: Float64Array): void {
  const { distribution, mu, sigma } = kernels;
  const count = xs.length;
  const half = distribution.step! / 2;
  const left = xs.map((x) => toScale(distribution, x - half));
  const right = xs.map((x) => toScale(distribution, x + half));
  const known = new Map<number, Map<number, Float64Array>>();
  for (let k = 0; k < mu.length; k++) {
    const [m, s] = [mu[k]!, sigma[k]!];
    let ofSigma = known.get(s);
    if (!ofSigma) known.set(s, (ofSigma = new Map()));
    let column = ofSigma.get(m);
    if (!column) ofSigma.set(m, (column = cellMasses(kernels, m, s, left, right)));
    for (let i = 0, at = k * count; i < count; i++, at++) terms[at]! += column[i]!;
  }
}

/** Log mass that a kernel gives to the cell of each point. */
function cellMasses(
  { low, high }: NumericKernels,
  mu: number,
  sigma: number,
  left: Float64Array,
  right: Float64Array,
): Float64Array {
  const total = logNormalMass((low - mu) / sigma, (high - mu) / sigma);
  const masses = new Float64Array(left.length);
  for (let i = 0; i < masses.length; i++) {
    // Points repeat as well.
    const before = left.indexOf(left[i]!);
    masses[i] = before < i ? masses[before]! : logNormalMass((left[i]! - mu) / sigma, (right[i]! - mu) / sigma) - total;
  }
  return masses;
}

function addChoices(
  terms: Float64Array,
  { distribution, observed, hit, miss }: CategoricalKernels,
  xs: Float64Array,
): void {
  const count = xs.length;
  const [logHit, logMiss] = [Math.log(hit), Math.log(miss)];
  for (let k = 0; k < observed.length; k++) {
    const choice = observed[k]!;
    for (let i = 0, at = k * count; i < count; i++, at++) terms[at]! += xs[i] === choice ? logHit : logMiss;
  }
  const logPrior = -Math.log(distribution.choices.length);
  for (let i = 0, at = observed.length * count; i < count; i++, at++) terms[at]! += logPrior;
}

/** Over kernels, for each point; `terms` is laid out kernel by kernel. A NaN term marks a point outside the range. */
function logSumExp(terms: Float64Array, count: number): Float64Array {
  const largest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0, i = 0; at < terms.length; at++) {
    if (terms[at]! > largest[i]!) largest[i] = terms[at]!;
    if (++i === count) i = 0;
  }
  const sums = new Float64Array(count);
  for (let at = 0, i = 0; at < terms.length; at++) {
    const gap = terms[at]! - largest[i]!;
    // exp(−50) is lost in a sum that holds a 1, even ten thousand times over.
    if (gap > -50) sums[i]! += Math.exp(gap);
    if (++i === count) i = 0;
  }
  return sums.map((sum, i) => (sum > 0 ? Math.log(sum) + largest[i]! : Number.NEGATIVE_INFINITY));
}
