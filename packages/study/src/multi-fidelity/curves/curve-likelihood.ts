/** The log marginal likelihood of measured curves, as a function of the kernel's parameters. */

import { cholesky, invertLower, timesLower, timesLowerTransposed } from '../../numerics/cholesky.js';
import { inverseOf } from '../../samplers/gp/fit.js';
import { matern, maternSlope, squaredDifference } from '../../samplers/gp/gaussian-process.js';
import {
  type CurveData,
  type CurveParameters,
  ShareIndex,
  shareKernel,
  shareSlopes,
  squaredDistance,
} from './curve-kernel.js';
import { curveCovariance } from './curve-process.js';

/** Places of the derivatives that follow those of the d lengths. */
export const AFTER_LENGTHS = { common: 0, settings: 1, run: 2, level: 3, shareLength: 4, noise: 5 } as const;
export const PARAMETERS_AFTER_LENGTHS = Object.keys(AFTER_LENGTHS).length;

/**
 * log p(values | parameters), −Infinity where the kernel matrix is singular.
 * @param gradient receives its derivatives by the logarithm of each parameter, for the level by its logit: the d
 * lengths, then as in `AFTER_LENGTHS`
 */
export function curveLikelihood(data: CurveData, parameters: CurveParameters, gradient: Float64Array): number {
  const n = data.values.length;
  gradient.fill(0);
  const factor = cholesky(curveCovariance(data, parameters), n);
  if (!factor) return Number.NEGATIVE_INFINITY;
  const inverseFactor = invertLower(factor, n);
  const whitened = timesLower(inverseFactor, n, data.values);
  const weights = timesLowerTransposed(inverseFactor, n, whitened);
  let value = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) value -= Math.log(factor[i * n + i]!) + 0.5 * whitened[i]! * whitened[i]!;
  addGradient(data, parameters, inverseOf(inverseFactor, n), weights, gradient);
  return value;
}

/** ½ tr((ααᵀ − K⁻¹) ∂K) for each parameter; pairs are counted once, with both halves of the symmetric matrices. */
function addGradient(
  data: CurveData,
  parameters: CurveParameters,
  inverse: Float64Array,
  weights: Float64Array,
  gradient: Float64Array,
): void {
  const { isCategorical, runs, shares, points, noiseFactors } = data;
  const { common, settings, run, noise } = parameters;
  const d = isCategorical.length;
  const n = shares.length;
  const count = points.length / d;
  const at = (name: keyof typeof AFTER_LENGTHS) => d + AFTER_LENGTHS[name];
  const similar = Array.from({ length: count }, (_, r) =>
    Float64Array.from({ length: count }, (_, s) =>
      matern(squaredDistance(points, r * d, data, s, parameters.inverseSquaredLengths)),
    ),
  );
  const index = new ShareIndex(shares);
  const ofPairs = index.pairs((share, other) => ({
    value: shareKernel(parameters, share, other),
    ...shareSlopes(parameters, share, other),
  }));
  // What the lengths change is the same for all measurements of two runs: summed over them first.
  const betweenRuns = new Float64Array(count * count);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const half = (i === j ? 0.5 : 1) * (weights[i]! * weights[j]! - inverse[i * n + j]!);
      const [r, s] = [runs[i]!, runs[j]!];
      const isOwn = r === s;
      const ofShares = ofPairs[index.of[i]! * index.values.length + index.of[j]!]!;
      const ofRuns = common + settings * similar[r]![s]! + (isOwn ? run : 0);
      gradient[at('common')]! += half * ofShares.value * common;
      gradient[at('settings')]! += half * ofShares.value * settings * similar[r]![s]!;
      if (isOwn) gradient[at('run')]! += half * ofShares.value * run;
      gradient[at('level')]! += half * ofRuns * ofShares.byLevel;
      gradient[at('shareLength')]! += half * ofRuns * ofShares.byLength;
      betweenRuns[r * count + s]! += half * ofShares.value;
    }
    const factor = noise * (noiseFactors?.[i] ?? 1);
    gradient[at('noise')]! += 0.5 * factor * (weights[i]! * weights[i]! - inverse[i * n + i]!);
  }
  addLengthGradient(data, parameters, betweenRuns, gradient);
}

function addLengthGradient(
  data: CurveData,
  { settings, inverseSquaredLengths }: CurveParameters,
  betweenRuns: Float64Array,
  gradient: Float64Array,
): void {
  const { points, isCategorical } = data;
  const d = isCategorical.length;
  const count = points.length / d;
  for (let r = 0; r < count; r++) {
    for (let s = 0; s < count; s++) {
      const weight = betweenRuns[r * count + s]!;
      if (weight === 0 || r === s) continue;
      const slope =
        -2 * settings * weight * maternSlope(squaredDistance(points, r * d, data, s, inverseSquaredLengths));
      for (let k = 0; k < d; k++) {
        const difference = squaredDifference(points[r * d + k]!, points[s * d + k]!, isCategorical[k]!);
        gradient[k]! += slope * inverseSquaredLengths[k]! * difference;
      }
    }
  }
}
